package dev.clutch.tests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same on many threads at once. */
final class Threads {
  /**
   * A thread for each task: on a machine of two cores the common pool has one, which the first that
   * waits would keep from the next.
   */
  static final Executor OWN = Threads::start;

  private Threads() {}

  private static void start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  /** What each does. */
  @FunctionalInterface
  interface Task {
    void run(int number) throws Exception;
  }

  /** On so many threads of the platform's, numbered from 0. */
  static void inParallel(int count, Task task) throws Exception {
    runAll(Executors.newFixedThreadPool(count), count, task);
  }

  /** On so many virtual threads, which the JDK must have; by reflection, because 17 has none. */
  static void inVirtualThreads(int count, Task task) throws Exception {
    runAll(virtualThreads(), count, task);
  }

  /** A virtual thread for each task. */
  static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  private static void runAll(ExecutorService executor, int count, Task task) throws Exception {
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      futures.add(
          executor.submit(
              () -> {
                task.run(number);
                return null;
              }));
    }
    try {
      for (Future<?> future : futures) {
        future.get();
      }
    } finally {
      executor.shutdown();
    }
  }
}
