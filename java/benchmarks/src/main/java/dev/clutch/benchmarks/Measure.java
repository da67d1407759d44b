package dev.clutch.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures one row, in this JVM and no other, so that all its benchmarks use one CPython, one heap
 * and the same memory. They take turns, round by round: what slows the machine for a while hits all
 * of them.
 */
final class Measure {
  private final String row;
  private final Pace pace;

  private Measure(String row, Pace pace) {
    this.row = row;
    this.pace = pace;
  }

  /** Takes the name of a row, a {@link Pace}, and the file for JMH's results. */
  public static void main(String[] args) throws RunnerException, IOException {
    new Measure(args[0], Pace.valueOf(args[1])).measure(Path.of(args[2]));
  }

  private void measure(Path file) throws RunnerException, IOException {
    new Runner(options(pace.firstWarmUp, 1)).run();
    List<RunResult> results = new ArrayList<>();
    for (int i = 0; i < pace.rounds; i++) {
      results.addAll(new Runner(options(pace.iteration, pace.iterations)).run());
    }
    write(results, file);
  }

  private Options options(TimeValue warmUp, int iterations) {
    String name = Rows.named(row).getCanonicalName().replace(".", "\\.");
    return new OptionsBuilder()
        .include("^" + name + "\\.")
        .forks(0)
        .warmupIterations(1)
        .warmupTime(warmUp)
        .measurementIterations(iterations)
        .measurementTime(pace.iteration)
        .shouldFailOnError(true)
        .build();
  }

  private static void write(Collection<RunResult> results, Path file) throws IOException {
    try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
    }
  }
}
