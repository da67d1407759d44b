package dev.clutch.soak;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The thread that does one kind of work, once at least, until it is told to stop or it fails. */
final class Worker extends Thread {
  private final Work work;
  private final AtomicBoolean stopped;
  private volatile @Nullable Throwable failure;

  Worker(Work work, AtomicBoolean stopped) {
    super("soak-" + work.name());
    this.work = work;
    this.stopped = stopped;
  }

  /** A failure stops all others. */
  @Override
  public void run() {
    try {
      try {
        do {
          work.stepAndCount();
        } while (!stopped.get());
      } finally {
        work.close();
      }
    } catch (Throwable thrown) {
      failure = thrown;
      stopped.set(true);
    }
  }

  Work work() {
    return work;
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
