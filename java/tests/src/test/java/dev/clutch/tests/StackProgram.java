package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Makes as many threads as the first argument says call the function that the second one names, and
 * prints what each costs in KiB while it lives: the process, and of that its stack for Python.
 */
final class StackProgram {
  private StackProgram() {}

  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[0]);
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run(
          """
          def shallow(): return 1
          def deep():
              nested = ()
              for _ in range(100_000): nested = (nested,)
              return hash(nested)
          """);
      long[] without = grow(threads, () -> {});
      long[] with = grow(threads, () -> interpreter.call(arguments[1]));
      System.out.println((with[0] - without[0]) / threads + " " + with[1] / threads);
    }
  }

  /** What one is mapped with, less the guard: see stack.c. */
  private static final String STACK = "Size:              64512 kB";

  private static long residentStacks() throws IOException {
    long sum = 0;
    boolean ofStack = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      ofStack = line.startsWith("Size:") ? line.equals(STACK) : ofStack;
      if (ofStack && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return sum;
  }

  /** By how much so many threads made the process larger, while they live. */
  private static long[] grow(int threads, Runnable work) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> started = new ArrayList<>();
    System.gc();
    long before = ResidentSize.kib();
    for (int i = 0; i < threads; i++) {
      CountDownLatch done = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                work.run();
                done.countDown();
                awaitQuietly(end);
              });
      thread.start();
      done.await();
      started.add(thread);
    }
    System.gc();
    long[] grown = {ResidentSize.kib() - before, residentStacks()};
    end.countDown();
    for (Thread thread : started) {
      thread.join();
    }
    return grown;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
