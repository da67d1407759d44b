package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.probe.InstalledProbe;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.Probes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fixture has the verdict that it was made for. */
@Tag("verdicts")
class VerdictsOfFixturesTest {
  /** For the one that never ends; all others need far less, also on a busy machine. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Module, verdict, rule; for CRASHES and HANGS the stage, and the signal; then notes. */
  private static final String ON_ALL =
      """
      exits                   CRASHES    CLU020 main exit
      fails_again             MAIN_ONLY  CLU016
      falls_back              DEGRADED   CLU018
      falls_back.speedups     MAIN_ONLY  CLU010
      init_aborts             CRASHES    CLU020 main SIGABRT
      init_loops              HANGS      CLU021 main
      init_raises             BROKEN     CLU022
      init_segfaults          CRASHES    CLU020 main SIGSEGV
      leaks                   OWN_GIL    CLU001 CLU030
      module_export           WRONG_ABI  CLU023
      needs_library           BROKEN     CLU022
      no_slot                 SHARED_GIL CLU012
      own_gil_racing          CRASHES    CLU020 parallel SIGABRT or SIGSEGV
      single_phase            MAIN_ONLY  CLU010
      single_phase_raises     BROKEN     CLU022
      slot_not_supported      MAIN_ONLY  CLU011
      slot_own_gil            OWN_GIL    CLU001
      slot_supported          SHARED_GIL CLU013
      """;

  private static final Pattern END = Pattern.compile("\\b(?:SIG[A-Z]+|exit)\\b");

  /** What notices first that the memory is corrupt is a matter of the race. */
  private static final String RACING = "own_gil_racing";

  private static final Set<String> ENDS_OF_RACE = Set.of("SIGABRT", "SIGSEGV");

  private static final String ON_3_12 =
      """
      circular_package        MAIN_ONLY  CLU015
      circular_package.native MAIN_ONLY  CLU010
      gilstate_callback       CRASHES    CLU020 again SIGSEGV
      """;

  /** There CPython runs init functions in the main interpreter first (cpython issue 138045). */
  private static final String ON_3_13 =
      """
      circular_package        CRASHES    CLU020 own SIGABRT
      circular_package.native CRASHES    CLU020 own SIGABRT
      gilstate_callback       CRASHES    CLU020 again SIGABRT
      """;

  private static final String ON_3_14 =
      """
      circular_package        CRASHES    CLU020 own SIGSEGV
      circular_package.native CRASHES    CLU020 own SIGSEGV
      gilstate_callback       CRASHES    CLU020 again SIGABRT
      """;

  private static String[] expected(String version) {
    String special = Map.of("3.12", ON_3_12, "3.13", ON_3_13, "3.14", ON_3_14).get(version);
    return (ON_ALL + special).lines().toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void areRight(String version) throws InterruptedException {
    try (Probe probe = InstalledProbe.of(version)) {
      Report report =
          new Checker(List.of(probe), CheckOptions.defaults().withTimeout(TIMEOUT))
              .check(List.of(Probes.fixtures().toString()), CheckProgress.NONE);
      assertThat(report.findings().stream().map(VerdictsOfFixturesTest::row))
          .containsExactlyInAnyOrder(expected(version));
    }
  }

  /** That of the last question which did not go well. */
  private static String stage(Finding finding) {
    return finding.evidence().stream()
        .filter(evidence -> !evidence.summary().startsWith("works"))
        .map(Evidence::stage)
        .reduce("", (before, after) -> after);
  }

  private static String end(String module, String how) {
    boolean race = module.equals(RACING) && ENDS_OF_RACE.contains(how);
    return race ? "SIGABRT or SIGSEGV" : how;
  }

  private static String row(Finding finding) {
    String row =
        String.format("%-23s %-10s %s", finding.module(), finding.verdict(), finding.rule().id());
    StringBuilder text = new StringBuilder(row);
    if (finding.verdict() == Verdict.CRASHES || finding.verdict() == Verdict.HANGS) {
      text.append(' ').append(stage(finding));
      Matcher end = END.matcher(finding.message());
      text.append(end.find() ? " " + end(finding.module(), end.group()) : "");
    }
    finding.notes().stream()
        .map(Note::rule)
        .filter(rule -> rule == Rule.GROWTH)
        .forEach(rule -> text.append(' ').append(rule.id()));
    return text.toString();
  }
}
