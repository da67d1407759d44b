package dev.clutch.internal;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Waits that {@link Thread#interrupt} does not end; the thread's status is set again after them.
 */
public final class Uninterruptibly {
  private Uninterruptibly() {}

  /** The future's result, for which it waits as long as it takes. */
  static <T extends @Nullable Object> T get(Future<T> future) throws ExecutionException {
    return get(future, Uninterruptibly::doNothing);
  }

  /**
   * The same.
   *
   * @param onInterrupt run by this thread whenever it is interrupted
   */
  static <T extends @Nullable Object> T get(Future<T> future, Runnable onInterrupt)
      throws ExecutionException {
    try {
      return get(future, Long.MAX_VALUE, onInterrupt);
    } catch (TimeoutException centuriesLater) {
      throw new IllegalStateException(centuriesLater);
    }
  }

  /** The future's result, if it is there in time. */
  public static <T extends @Nullable Object> T get(Future<T> future, long nanoseconds)
      throws ExecutionException, TimeoutException {
    return get(future, nanoseconds, Uninterruptibly::doNothing);
  }

  /**
   * The same.
   *
   * @param onInterrupt run by this thread whenever it is interrupted
   */
  public static <T extends @Nullable Object> T get(
      Future<T> future, long nanoseconds, Runnable onInterrupt)
      throws ExecutionException, TimeoutException {
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanoseconds;
    try {
      while (true) {
        try {
          return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException later) {
          interrupted = true;
          onInterrupt.run();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void doNothing() {}
}
