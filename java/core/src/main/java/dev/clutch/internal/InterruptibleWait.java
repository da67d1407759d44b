package dev.clutch.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A wait in C that {@link Thread#interrupt} ends. What the JDK has for the waits of its own
 * channels tells it of the interrupt; nothing is open or closed here.
 */
final class InterruptibleWait extends AbstractInterruptibleChannel {
  /** Wait for virtual threads: C would keep their carriers, of which there are few. */
  private static final ExecutorService PROXIES =
      Executors.newCachedThreadPool(DaemonThreads.named("clutch-wait"));

  /**
   * After so long a wait begins anew, and then after twice as long, and so on: see {@link #wait}.
   */
  private static final long FIRST_NANOSECONDS = 20_000_000;

  private final long waiter;

  private InterruptibleWait(long waiter) {
    this.waiter = waiter;
  }

  /** A native method that may wait, and for how long: for ever if that is negative. */
  @FunctionalInterface
  interface Waiting {
    long perform(long nanoseconds, long waiter);
  }

  /**
   * What the method answers.
   *
   * @param notInTime what it answers when the time is over
   */
  static long perform(Waiting waiting, long nanoseconds, long notInTime) {
    long waiter = NativeWaiter.create();
    if (waiter == 0) {
      throw new OutOfMemoryError("no native memory to wait");
    }
    try {
      return VirtualThreads.isCurrent()
          ? runByProxy(waiting, nanoseconds, waiter)
          : new InterruptibleWait(waiter).run(waiting, nanoseconds, notInTime);
    } finally {
      NativeWaiter.free(waiter); // no interrupt comes after the end
    }
  }

  private static long runByProxy(Waiting waiting, long nanoseconds, long waiter) {
    Future<Long> answer = PROXIES.submit(() -> waiting.perform(nanoseconds, waiter));
    try {
      return Uninterruptibly.get(answer, () -> NativeWaiter.interrupt(waiter));
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private long run(Waiting waiting, long nanoseconds, long notInTime) {
    begin();
    try {
      return wait(waiting, nanoseconds, notInTime);
    } finally {
      finish();
    }
  }

  /**
   * Thread.interrupt of JDK 17 looks whom to tell before it sets the thread's status, so that it
   * tells nobody if the wait begins just then. The status is looked at again when as much time has
   * gone by as before.
   */
  private long wait(Waiting waiting, long nanoseconds, long notInTime) {
    long left = nanoseconds < 0 ? Long.MAX_VALUE : nanoseconds;
    for (long part = FIRST_NANOSECONDS; part < left && part > 0; part *= 2) {
      long answer = waiting.perform(part, waiter);
      if (answer != notInTime) {
        return answer;
      }
      left = nanoseconds < 0 ? left : left - part;
      if (Thread.currentThread().isInterrupted()) {
        NativeWaiter.interrupt(waiter);
      }
    }
    return waiting.perform(nanoseconds < 0 ? nanoseconds : left, waiter);
  }

  /** The method's own answer says whether it was interrupted before it was done. */
  private void finish() {
    try {
      end(true);
    } catch (ClosedByInterruptException interrupted) {
      // the thread's status still says so
    } catch (IOException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  @Override
  protected void implCloseChannel() {
    NativeWaiter.interrupt(waiter);
  }
}
