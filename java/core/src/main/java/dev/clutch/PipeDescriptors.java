package dev.clutch;

import dev.clutch.internal.NativePipe;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * What an end of a pipe has of the system. It counts the threads inside, and whoever leaves a
 * closed one last closes the descriptors: none is closed twice, nor used when its number may be
 * another's. It is a lock too, for those who write: so that what one thread writes at a time is not
 * torn by another.
 */
@SuppressWarnings("serial") // no state is
final class PipeDescriptors extends AbstractQueuedSynchronizer implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  // The state: who writes and how many others are inside, in one word that is changed once each
  // way.
  private static final int WRITING = 1;
  private static final int USER = 2;
  private static final int CLOSED = 1 << 29;
  private static final int DESTROYED = 1 << 30;

  /** Does not block. */
  final int fd;

  /** The same end, but blocks: to wait at, and for others. */
  final int blocking;

  final boolean writable;

  /** Whether somebody knows the number that blocks. */
  private volatile boolean given;

  /** So that two ends do not share a cache line, which their threads would take from each other. */
  @SuppressWarnings("unused")
  private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16;

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
    int state;
    do {
      state = getState();
      if (state >= CLOSED) {
        throw new ClosedChannelException();
      }
    } while (!compareAndSetState(state, state + USER));
  }

  void leave() {
    change(-USER);
  }

  /**
   * Enters, and keeps others from entering so until {@link #unlock}. False if the time was over, or
   * the thread was interrupted, which it then still is.
   */
  boolean lock(long nanoseconds) throws ClosedChannelException {
    try {
      if (nanoseconds == PipeEnd.FOREVER) {
        if (!tryAcquire(WRITING)) {
          acquireInterruptibly(WRITING);
        }
      } else if (!tryAcquireNanos(WRITING, nanoseconds)) {
        return false;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (getState() >= CLOSED) {
      unlock();
      throw new ClosedChannelException();
    }
    return true;
  }

  void unlock() {
    release(WRITING);
  }

  /** Fails only if it must wait: nobody would wake it otherwise. */
  @Override
  protected boolean tryAcquire(int writing) {
    int state;
    do {
      state = getState();
      if ((state & writing) != 0) {
        return false;
      }
    } while (!compareAndSetState(state, state + writing));
    return true;
  }

  @Override
  protected boolean tryRelease(int writing) {
    change(-writing);
    return true;
  }

  /** Once. */
  void close() {
    change(CLOSED + USER);
    NativePipe.wake(blocking);
    leave();
  }

  /** The last one to leave closes the descriptors. */
  private void change(int by) {
    int state;
    int changed;
    do {
      state = getState();
      changed = state + by == CLOSED ? CLOSED + DESTROYED : state + by;
    } while (!compareAndSetState(state, changed));
    if (state + by == CLOSED) {
      NativePipe.close(fd);
      NativePipe.close(blocking);
    }
  }

  /** The descriptor for somebody outside of here. The caller is inside. */
  int give() {
    given = true;
    return blocking;
  }

  /** Nobody closed the end, and nobody can any more; but somebody may still use its number. */
  @Override
  public void run() {
    if (getState() >= CLOSED) {
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
