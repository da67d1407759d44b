package dev.clutch;

import dev.clutch.internal.NativePipe;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What an end of a pipe has of the system. It counts the threads inside, and whoever leaves a
 * closed one last closes the descriptors: none is closed twice, nor used when its number may be
 * another's.
 */
final class PipeDescriptors implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  private static final int CLOSED = 1 << 29;
  private static final int DESTROYED = 1 << 30;

  /** Does not block. */
  final int fd;

  /** The same end, but blocks: to wait at, and for others. */
  final int blocking;

  final boolean writable;

  /** How many threads are inside, and {@link #CLOSED}. */
  private final AtomicInteger users = new AtomicInteger();

  /** Whether somebody knows the number that blocks. */
  private volatile boolean given;

  private PipeDescriptors(int fd, int blocking, boolean writable) {
    this.fd = fd;
    this.blocking = blocking;
    this.writable = writable;
  }

  /** The source's and the sink's. */
  static PipeDescriptors[] open() throws IOException {
    int[] ends = new int[2];
    NativePipe.checked(NativePipe.open(ends));
    int[] blocking = {
      NativePipe.reopen(ends[0], false), NativePipe.reopen(ends[1], true),
    };
    if (blocking[0] < 0 || blocking[1] < 0) {
      for (int each : new int[] {ends[0], ends[1], blocking[0], blocking[1]}) {
        NativePipe.close(each);
      }
    }
    return new PipeDescriptors[] {
      new PipeDescriptors(ends[0], NativePipe.checked(blocking[0]), false),
      new PipeDescriptors(ends[1], NativePipe.checked(blocking[1]), true),
    };
  }

  void enter() throws ClosedChannelException {
    if (users.getAndIncrement() >= CLOSED) {
      leave();
      throw new ClosedChannelException();
    }
  }

  void leave() {
    if (users.decrementAndGet() == CLOSED) {
      destroy();
    }
  }

  /** Once. */
  void close() {
    users.getAndAdd(CLOSED + 1);
    NativePipe.wake(blocking);
    leave();
  }

  private void destroy() {
    if (!users.compareAndSet(CLOSED, DESTROYED)) {
      return; // somebody came in vain meanwhile, and left again
    }
    NativePipe.close(fd);
    NativePipe.close(blocking);
  }

  /** The descriptor for somebody outside of here. The caller is inside. */
  int give() {
    given = true;
    return blocking;
  }

  /** Nobody closed the end, and nobody can any more; but somebody may still use its number. */
  @Override
  public void run() {
    if (users.get() >= CLOSED) {
      return;
    }
    if (given) {
      NativePipe.close(fd);
    } else {
      close();
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "the {0} of a Pipe was dropped without close()",
        writable ? "sink" : "source");
  }
}
