package dev.clutch.checker.report;

import dev.clutch.checker.Distribution;
import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Note;
import dev.clutch.checker.Report;
import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A report with everything that a report can have, and names that want to break out of it. */
final class Reports {
  static final String HOSTILE = "<script>alert('x')</script>|`_*&\"]]>\u001b[31m\u0007@all";

  private Reports() {}

  static Report hostile() {
    return report(HOSTILE, "message " + HOSTILE);
  }

  static Report plain() {
    return report("numpy._core", "Is initialized in a single phase, as before PEP 489.");
  }

  private static Report report(String module, String message) {
    Finding bad =
        new Finding(
            "3.14.3",
            module,
            Optional.of("/site/" + module + ".so"),
            Optional.of(new Distribution(module, "1.0")),
            List.of("app", module),
            Verdict.MAIN_ONLY,
            Rule.SINGLE_PHASE,
            message,
            List.of("Use it in the main interpreter only. " + module),
            List.of(new Note(Rule.TOOLKIT, "Made with " + module)),
            List.of(
                new Evidence("main", "works", "", Duration.ofMillis(12)),
                new Evidence(
                    "own",
                    "refused " + module,
                    "Traceback\n  line 1\n" + module,
                    Duration.ofMillis(7))));
    Finding good =
        new Finding(
            "3.14.3",
            "good",
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Verdict.OWN_GIL,
            Rule.OWN_GIL,
            "Works.",
            List.of(),
            List.of(new Note(Rule.GROWTH, "Leaves 80 KiB.")),
            List.of());
    return new Report(
        List.of(module), List.of("3.14.3"), List.of(bad, good), Duration.ofMillis(1234));
  }
}
