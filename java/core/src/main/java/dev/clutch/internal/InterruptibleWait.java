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
      Executors.newCachedThreadPool(
          task -> {
            Thread proxy = new Thread(task, "clutch-wait");
            proxy.setDaemon(true);
            return proxy;
          });

  private final long waiter;

  private InterruptibleWait(long waiter) {
    this.waiter = waiter;
  }

  /** A native method that may wait. */
  @FunctionalInterface
  interface Waiting {
    long perform(long waiter);
  }

  /** What the method answers. */
  static long perform(Waiting waiting) {
    long waiter = NativeWaiter.create();
    if (waiter == 0) {
      throw new OutOfMemoryError("no native memory to wait");
    }
    try {
      return VirtualThreads.isCurrent()
          ? runByProxy(waiting, waiter)
          : new InterruptibleWait(waiter).run(waiting);
    } finally {
      NativeWaiter.free(waiter); // no interrupt comes after the end
    }
  }

  private static long runByProxy(Waiting waiting, long waiter) {
    Future<Long> answer = PROXIES.submit(() -> waiting.perform(waiter));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get();
        } catch (InterruptedException forTheProxy) {
          interrupted = true;
          NativeWaiter.interrupt(waiter);
        }
      }
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private long run(Waiting waiting) {
    begin();
    try {
      return waiting.perform(waiter);
    } finally {
      finish();
    }
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
