package dev.clutch.tests;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Proves that nothing waits for ever: what is not done in time fails, with the stacks of all
 * threads.
 */
final class Watchdog {
  private Watchdog() {}

  /** What is watched. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Runs it on a thread of its own. The time is many times what a busy machine needs. */
  static void watch(Duration time, Work work) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    Thread thread = new Thread(task, "watched");
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not done after " + time + "\n" + stacks(), e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** The stacks of all threads. */
  static String stacks() {
    StringBuilder text = new StringBuilder();
    for (ThreadInfo each : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      text.append('"').append(each.getThreadName()).append("\" ").append(each.getThreadState());
      for (StackTraceElement frame : each.getStackTrace()) {
        text.append("\n    at ").append(frame);
      }
      text.append("\n\n");
    }
    return text.toString();
  }
}
