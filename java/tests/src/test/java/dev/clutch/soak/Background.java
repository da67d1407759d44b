package dev.clutch.soak;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Something that a new thread does. */
final class Background<T extends @Nullable Object> {
  private final FutureTask<T> task;
  private final Thread thread;

  private Background(Callable<T> work) {
    task = new FutureTask<>(work);
    thread = new Thread(task, "soak-background");
    thread.start();
  }

  static <T extends @Nullable Object> Background<T> start(Callable<T> work) {
    return new Background<>(work);
  }

  /** The same, for what has no result. */
  static Background<@Nullable Void> run(Action work) {
    return new Background<>(
        () -> {
          work.run();
          return null;
        });
  }

  /** What may throw. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  void interrupt() {
    thread.interrupt();
  }

  boolean isDone() {
    return task.isDone();
  }

  /** Waits for its end; who waits too long is found by the watchdog. */
  T get() throws Exception {
    Throwable thrown = failure();
    if (thrown instanceof Exception exception) {
      throw exception;
    } else if (thrown instanceof Error error) {
      throw error;
    }
    return task.get();
  }

  /** Waits for its end, and returns what it threw, or null. */
  @Nullable Throwable failure() throws InterruptedException {
    thread.join();
    try {
      task.get();
      return null;
    } catch (ExecutionException failed) {
      return failed.getCause();
    }
  }
}
