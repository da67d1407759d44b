package dev.clutch.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** One run of all inputs on a number of interpreters, and what is known after it. */
final class Pass {
  private final int interpreters;
  private final Totals totals = new Totals();
  private final List<String> results = new ArrayList<>();
  private Duration time = Duration.ZERO;
  private int failures;

  private Pass(int interpreters) {
    this.interpreters = interpreters;
  }

  /**
   * Runs all inputs.
   *
   * @param warmUp inputs that every interpreter is given before the clock starts
   * @param lines receives a line of JSON per input, in the order of the inputs
   */
  static Pass run(
      int interpreters,
      Target target,
      List<String> inputs,
      List<String> warmUp,
      Consumer<String> lines) {
    Pass pass = new Pass(interpreters);
    InOrder<Line> inOrder =
        new InOrder<>(
            line -> {
              pass.add(line);
              lines.accept(line.json());
            });
    try (Workers workers = new Workers(interpreters, target)) {
      workers.warmUp(warmUp);
      pass.time =
          workers.run(
              inputs, (index, outcome) -> inOrder.accept(index, line(inputs.get(index), outcome)));
    }
    return pass;
  }

  private static Line line(String input, Outcome outcome) {
    return new Line(JsonLines.format(input, outcome), outcome);
  }

  private void add(Line line) {
    Outcome outcome = line.outcome();
    if (outcome.failed()) {
      failures++;
    }
    totals.add(outcome.result());
    results.add(line.comparable());
  }

  int interpreters() {
    return interpreters;
  }

  int inputs() {
    return results.size();
  }

  Duration time() {
    return time;
  }

  int failures() {
    return failures;
  }

  Totals totals() {
    return totals;
  }

  /** The index of the first input whose results differ, or -1. */
  int firstDifference(Pass other) {
    for (int i = 0; i < results.size(); i++) {
      if (!results.get(i).equals(other.results.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private record Line(String json, Outcome outcome) {
    /** Of an error the type only: messages may hold addresses of objects. */
    String comparable() {
      return outcome.error() == null ? json : Objects.requireNonNull(outcome.error().get("type"));
    }
  }
}
