package dev.clutch.checker;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a check found.
 *
 * @param targets what was asked about, as the user named it
 * @param pythons versions of the CPythons that it was asked for
 * @param findings one per module and CPython, by module and then by CPython
 * @param elapsed how long the check took
 */
public record Report(
    List<String> targets, List<String> pythons, List<Finding> findings, Duration elapsed) {

  /** With lists of its own. */
  public Report {
    targets = List.copyOf(targets);
    pythons = List.copyOf(pythons);
    findings = List.copyOf(findings);
  }

  /** Whether everything can live in interpreters with their own GIL. */
  public boolean isSafe() {
    return findings.stream().allMatch(finding -> finding.verdict().isSafe());
  }

  /** How many findings there are of each verdict that occurs, in the order of the verdicts. */
  public Map<Verdict, Integer> counts() {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    findings.forEach(finding -> counts.merge(finding.verdict(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }
}
