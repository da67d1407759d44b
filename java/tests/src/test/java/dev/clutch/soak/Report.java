package dev.clutch.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a run did, what it left, and whether that is right. */
record Report(List<Worker> workers, Duration length, Figures before, Figures after, Growth growth) {

  /**
   * By how much the resident size may grow in any time: it goes up and down with what the workers
   * just do, and the JVM still compiles (docs/soak.md).
   */
  private static final long MOST_GROWTH_KIB = 64 * 1024;

  /** And by how much in an hour, beyond that. */
  private static final long MOST_GROWTH_KIB_PER_HOUR = 64 * 1024;

  static String progress(List<Worker> workers, Duration elapsed) throws IOException {
    String counts =
        workers.stream()
            .map(each -> each.work().name() + " " + each.work().done())
            .collect(Collectors.joining(", "));
    return "%4d s: %s; %s".formatted(elapsed.toSeconds(), Figures.now(), counts);
  }

  static List<String> failures(List<Worker> workers) {
    List<String> failures = new ArrayList<>();
    for (Worker worker : workers) {
      Throwable failure = worker.failure();
      if (failure != null) {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        failures.add(worker.work().name() + ": " + stack);
      }
    }
    return failures;
  }

  List<String> problems() {
    List<String> problems = new ArrayList<>(after.moreThan(before));
    if (growthKib() > mostGrowthKib()) {
      problems.add("it grew by %,d KiB: more than %,d".formatted(growthKib(), mostGrowthKib()));
    }
    return problems;
  }

  void print() {
    System.out.printf("%n%-20s %12s %10s%n", "", "operations", "each s");
    for (Worker worker : workers) {
      long done = worker.work().done();
      System.out.printf("%-20s %,12d %,10d%n", worker.work().name(), done, done / seconds(length));
    }
    System.out.printf("%nbefore: %s%nafter:  %s%n", before, after);
    System.out.printf(
        "resident size, in the second fifth: %,d KiB; in the last: %,d KiB; grew by %,d KiB of"
            + " %,d allowed, %,d KiB in an hour%n",
        growth.earlyKib(),
        growth.lateKib(),
        growthKib(),
        mostGrowthKib(),
        growthKib() * 3600 / seconds(between()));
  }

  private long growthKib() {
    return growth.lateKib() - growth.earlyKib();
  }

  private long mostGrowthKib() {
    long keptKib = (after.keptBytes() - before.keptBytes()) / 1024;
    return MOST_GROWTH_KIB + keptKib + MOST_GROWTH_KIB_PER_HOUR * between().toSeconds() / 3600;
  }

  /** From the middle of the second fifth to the middle of the last. */
  private Duration between() {
    return length.multipliedBy(3).dividedBy(5);
  }

  private static long seconds(Duration length) {
    return Math.max(1, length.toSeconds());
  }
}
