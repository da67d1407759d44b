package dev.clutch.benchmarks;

import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long to measure a benchmark in one JVM: rounds, each of a warm-up and some iterations, after
 * one warm-up for all.
 */
enum Pace {
  QUICK(3, 3, TimeValue.milliseconds(200), TimeValue.milliseconds(1_000)),
  FULL(3, 3, TimeValue.milliseconds(500), TimeValue.milliseconds(1_500));

  final int rounds;
  final int iterations;
  final TimeValue iteration;
  final TimeValue firstWarmUp;

  Pace(int rounds, int iterations, TimeValue iteration, TimeValue firstWarmUp) {
    this.rounds = rounds;
    this.iterations = iterations;
    this.iteration = iteration;
    this.firstWarmUp = firstWarmUp;
  }
}
