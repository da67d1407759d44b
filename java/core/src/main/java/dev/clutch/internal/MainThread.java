package dev.clutch.internal;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Python's main thread: the one that starts CPython. It belongs to Clutch, so that no thread of the
 * program becomes special, and waits here for what must run on it.
 */
final class MainThread {
  private static final LinkedBlockingQueue<FutureTask<?>> TASKS = new LinkedBlockingQueue<>();

  static {
    DaemonThreads.start("clutch-python-main", MainThread::work);
  }

  private MainThread() {}

  /**
   * Runs the task there and waits for it. Interrupting the caller does not end the wait: what the
   * task does cannot be left half done.
   */
  static <T extends @Nullable Object> T call(Supplier<T> task) {
    FutureTask<T> future = new FutureTask<>(task::get);
    if (Thread.currentThread().getName().equals("clutch-python-main")) {
      future.run();
    } else {
      TASKS.add(future);
    }
    return await(future);
  }

  private static void work() {
    while (true) {
      try {
        TASKS.take().run();
      } catch (InterruptedException ignored) {
        // Nobody has business interrupting it; the next task is waited for all the same.
      }
    }
  }

  private static <T extends @Nullable Object> T await(FutureTask<T> future) {
    try {
      return Uninterruptibly.get(future);
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(thrown);
  }
}
