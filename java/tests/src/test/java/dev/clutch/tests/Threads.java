package dev.clutch.tests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same on many threads at once. */
final class Threads {
  private Threads() {}

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
    Object executor = Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    runAll((ExecutorService) executor, count, task);
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
