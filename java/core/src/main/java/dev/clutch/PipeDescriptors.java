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

  final int fd;
  final int wake;
  final boolean writable;

  /** How many threads are inside, and {@link #CLOSED}. */
  private final AtomicInteger users = new AtomicInteger();

  /** A descriptor that blocks, for others; -1 before somebody asked. */
  private int blocking = -1;

  /** Whether somebody knows its number. */
  private boolean given;

  PipeDescriptors(int fd, int wake, boolean writable) {
    this.fd = fd;
    this.wake = wake;
    this.writable = writable;
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
    NativePipe.wake(wake);
    leave();
  }

  private void destroy() {
    if (!users.compareAndSet(CLOSED, DESTROYED)) {
      return; // somebody came in vain meanwhile, and left again
    }
    NativePipe.close(fd);
    NativePipe.close(wake);
    synchronized (this) {
      if (blocking >= 0) {
        NativePipe.close(blocking);
      }
    }
  }

  /** The caller is inside. */
  synchronized int blocking() throws IOException {
    if (blocking < 0) {
      blocking = NativePipe.checked(NativePipe.reopen(fd, writable));
    }
    return blocking;
  }

  /** The same, for somebody outside of here. */
  synchronized int give() throws IOException {
    int descriptor = blocking();
    given = true;
    return descriptor;
  }

  /** Nobody closed the end, and nobody can any more; but somebody may still use its number. */
  @Override
  public void run() {
    if (users.get() >= CLOSED) {
      return;
    }
    synchronized (this) {
      blocking = given ? -1 : blocking;
    }
    close();
    LOG.log(
        System.Logger.Level.WARNING,
        "the {0} of a Pipe was dropped without close()",
        writable ? "sink" : "source");
  }
}
