package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.probe.InstalledProbe;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verdicts of real CPythons. */
class RealVerdictTest {

  private static Finding check(String python, String module) throws Exception {
    URL fixtures = Objects.requireNonNull(RealVerdictTest.class.getResource("/fixtures"));
    CheckOptions options =
        CheckOptions.defaults().withSearchPath(List.of(Path.of(fixtures.toURI())));
    try (InstalledProbe probe = InstalledProbe.of(python)) {
      Report report =
          new Checker(List.of(probe), options).check(List.of(module), CheckProgress.NONE);
      return report.findings().stream()
          .filter(finding -> finding.module().equals(module))
          .findFirst()
          .orElseThrow();
    }
  }

  /** CPython loads some of them before anybody can watch it. */
  @ParameterizedTest
  @CsvSource({
    "faulthandler, SHARED_GIL, SHARED_GIL, SHARED_GIL",
    "_tracemalloc, MAIN_ONLY, MAIN_ONLY, MAIN_ONLY",
    "_datetime,    MAIN_ONLY, OWN_GIL,   OWN_GIL",
    "math,         OWN_GIL,   OWN_GIL,   OWN_GIL",
    "time,         OWN_GIL,   OWN_GIL,   OWN_GIL",
    "posix,        OWN_GIL,   OWN_GIL,   OWN_GIL",
    "sys,          OWN_GIL,   OWN_GIL,   OWN_GIL",
    "builtins,     OWN_GIL,   OWN_GIL,   OWN_GIL",
    "zipimport,    PURE,      PURE,      PURE",
    "os,           PURE,      PURE,      PURE"
  })
  void whatCPythonStartsWithHasAVerdict(String module, Verdict on312, Verdict on313, Verdict on314)
      throws Exception {
    assertThat(
            List.of(
                check("3.12", module).verdict(),
                check("3.13", module).verdict(),
                check("3.14", module).verdict()))
        .containsExactly(on312, on313, on314);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.13", "3.14"})
  void aCrashNamesWhatWasBeingImportedAndWhatTheGuardDoes(String python) throws Exception {
    Finding finding = check(python, "circular_package");
    assertThat(finding.verdict()).isEqualTo(Verdict.CRASHES);
    assertThat(finding.importChain())
        .containsExactly("circular_package", "circular_package.native");
    assertThat(finding.message())
        .startsWith("Needs circular_package.native, ")
        .contains("is ended by SIG");
    assertThat(finding.remedies().get(0)).contains("ImportGuard.STATIC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void aCrashOfItsOwnHasNoChain(String python) throws Exception {
    Finding finding = check(python, "gilstate_callback");
    assertThat(finding.verdict()).isEqualTo(Verdict.CRASHES);
    assertThat(finding.importChain()).isEmpty();
    assertThat(finding.remedies()).noneMatch(remedy -> remedy.contains("ImportGuard"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void degradedNamesTheFallback(String python) throws Exception {
    Finding finding = check(python, "falls_back");
    assertThat(finding.verdict()).isEqualTo(Verdict.DEGRADED);
    assertThat(finding.message()).contains("goes on with falls_back.plain,");
  }
}
