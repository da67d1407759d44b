package dev.clutch.checker;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.clutch.checker.probe.InstalledProbe;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.ProbeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A large package with a library of its own, for each CPython the version that was made for it. */
@Tag("verdicts")
class NumpyTest {
  private static final String BYTEDECO = "org/bytedeco/";
  private static final String PLATFORM = "linux-x86_64";

  private static Report check(String version, String... targets) throws InterruptedException {
    Path unpacked = Path.of("target", "numpy", version, BYTEDECO).toAbsolutePath();
    Path packages = unpacked.resolve("numpy").resolve(PLATFORM).resolve("python");
    Path openblas = unpacked.resolve("openblas").resolve(PLATFORM);
    ProbeOptions python = ProbeOptions.of(version).withLibraryPath(List.of(openblas));
    CheckOptions options = CheckOptions.defaults().withSearchPath(List.of(packages));
    try (Probe probe = new InstalledProbe(python)) {
      Report report =
          new Checker(List.of(probe), options).check(List.of(targets), CheckProgress.NONE);
      assertThat(report.findings())
          .allMatch(finding -> finding.distribution().orElseThrow().name().equals("numpy"));
      return report;
    }
  }

  private static Finding finding(Report report, String module) {
    return report.findings().stream()
        .filter(finding -> finding.module().equals(module))
        .findFirst()
        .orElseThrow();
  }

  /** Its init function is run a second time, which it does not survive. */
  @Test
  void abortsOn313() throws InterruptedException {
    Report report = check("3.13", "numpy");
    assertThat(report.counts()).isEqualTo(Map.of(Verdict.CRASHES, 20));
    Finding umath = finding(report, "numpy._core._multiarray_umath");
    assertThat(umath.message()).contains("SIGABRT", "own GIL");
    assertThat(umath.evidence())
        .last()
        .matches(evidence -> evidence.stage().equals("own"))
        .extracting(Evidence::detail, as(STRING))
        .contains("CPU dispatcher tracer already");
  }

  @Test
  void saysOn314ThatItIsForTheMainInterpreter() throws InterruptedException {
    Report report = check("3.14", "numpy");
    assertThat(report.counts()).isEqualTo(Map.of(Verdict.SHARED_GIL, 9, Verdict.MAIN_ONLY, 11));
    Finding numpy = finding(report, "numpy");
    assertThat(numpy.rule()).isEqualTo(Rule.DEPENDENCY);
    assertThat(numpy.importChain()).startsWith("numpy").endsWith("numpy._core._multiarray_umath");
    assertThat(finding(report, "numpy._core._multiarray_umath").rule())
        .isEqualTo(Rule.NOT_SUPPORTED);
    assertThat(finding(report, "numpy.random.mtrand").rule()).isEqualTo(Rule.NO_SLOT);
  }

  /** Not all of its modules, for the sake of time. */
  @Test
  void isSinglePhaseOn312() throws InterruptedException {
    Report report = check("3.12", "numpy.core", "numpy.linalg");
    assertThat(report.counts()).isEqualTo(Map.of(Verdict.MAIN_ONLY, 9, Verdict.BROKEN, 1));
    Finding numpy = finding(report, "numpy");
    assertThat(numpy.rule()).isEqualTo(Rule.DEPENDENCY);
    assertThat(numpy.importChain()).startsWith("numpy").endsWith("numpy.core._multiarray_umath");
    assertThat(finding(report, "numpy.core._multiarray_umath").rule()).isEqualTo(Rule.SINGLE_PHASE);
    assertThat(finding(report, "numpy.core._umath_tests").evidence())
        .last()
        .extracting(Evidence::detail, as(STRING))
        .contains("NUMPY_EXPERIMENTAL_DTYPE_API");
  }
}
