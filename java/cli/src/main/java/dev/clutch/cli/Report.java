package dev.clutch.cli;

import dev.clutch.PythonRuntime;
import java.time.Duration;
import java.util.Locale;

/** What {@code map} says on standard error when it is done. */
final class Report {
  private Report() {}

  static String single(Pass pass, PythonRuntime python) {
    return String.format(
        "%s, %s, %s on %s of CPython %s%s",
        plural(pass.inputs(), "input"),
        plural(pass.failures(), "failure"),
        seconds(pass.time()),
        plural(pass.interpreters(), "interpreter"),
        python.version(),
        totals(pass));
  }

  static String comparison(Pass many, Pass one, int warmUpCalls, PythonRuntime python) {
    return String.join(
        System.lineSeparator(),
        single(many, python),
        single(one, python),
        String.format(
            Locale.ROOT,
            "speed-up %.2f: wall time of the same calls in both runs, timed after %s in each"
                + " interpreter had loaded imports; the results are %s",
            (double) one.time().toNanos() / Math.max(1, many.time().toNanos()),
            plural(warmUpCalls, "call"),
            many.firstDifference(one) < 0 ? "the same" : "not the same"));
  }

  private static String totals(Pass pass) {
    return pass.totals().isEmpty() ? "" : System.lineSeparator() + "  " + pass.totals();
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toNanos() / 1e9);
  }

  private static String plural(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
