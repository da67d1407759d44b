package dev.clutch.checker.report;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Sentences that several formats have. */
final class Summary {
  private Summary() {}

  /** Such as {@code 3 modules on CPython 3.14.3: 2 OWN_GIL, 1 MAIN_ONLY; 0.8 s}. */
  static String of(Report report) {
    long modules = report.findings().stream().map(Finding::module).distinct().count();
    String counts =
        report.counts().entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%d module%s on CPython %s: %s; %.1f s",
        modules,
        modules == 1 ? "" : "s",
        String.join(", ", report.pythons()),
        counts.isEmpty() ? "nothing found" : counts,
        report.elapsed().toMillis() / 1e3);
  }

  /** The findings of each module. */
  static Map<String, List<Finding>> byModule(Report report) {
    Map<String, List<Finding>> modules = new LinkedHashMap<>();
    for (Finding finding : report.findings()) {
      modules.computeIfAbsent(finding.module(), key -> new ArrayList<>()).add(finding);
    }
    return modules;
  }

  /** What a module came from; empty if that is not known. */
  static String origin(Finding finding) {
    return finding.distribution().map(Object::toString).orElse("");
  }

  static String chain(Finding finding) {
    return String.join(" > ", finding.importChain());
  }
}
