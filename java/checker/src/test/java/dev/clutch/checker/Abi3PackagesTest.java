package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.clutch.checker.probe.InstalledProbe;
import dev.clutch.checker.probe.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Debian's modules for the stable ABI (PEP 384), which every CPython loads. */
class Abi3PackagesTest {
  private static final Path PACKAGES = Path.of("/usr/lib/python3/dist-packages");
  private static final String BINDINGS = "cryptography.hazmat.bindings.";

  @BeforeEach
  void areInstalled() {
    for (String name : List.of("cryptography", "bcrypt")) {
      assumeTrue(
          Files.isDirectory(PACKAGES.resolve(name)), "Debian's python3-" + name + " is missing");
    }
  }

  private static Report check(String... targets) throws InterruptedException {
    List<Probe> probes = new ArrayList<>();
    try {
      List.of("3.12", "3.13", "3.14").forEach(python -> probes.add(InstalledProbe.of(python)));
      return new Checker(probes, CheckOptions.defaults().withSearchPath(List.of(PACKAGES)))
          .check(List.of(targets), CheckProgress.NONE);
    } finally {
      probes.forEach(Probe::close);
    }
  }

  /** By a PyO3 before 0.28, which had no other way. */
  @Test
  void theRustOfCryptographyIsSinglePhase() throws InterruptedException {
    Path rust = PACKAGES.resolve("cryptography/hazmat/bindings/_rust.abi3.so");
    Report report = check(rust.toString());
    assertThat(report.findings())
        .hasSize(3)
        .allSatisfy(
            finding -> {
              assertThat(finding.module()).isEqualTo(BINDINGS + "_rust");
              assertThat(finding.verdict()).isEqualTo(Verdict.MAIN_ONLY);
              assertThat(finding.rule()).isEqualTo(Rule.SINGLE_PHASE);
              assertThat(finding.distribution().orElseThrow().name()).isEqualTo("cryptography");
              assertThat(finding.notes()).anyMatch(note -> note.message().contains("PyO3"));
            });
  }

  /** They need the backend of cffi, which Debian has for its own CPython only. */
  @Test
  void whatCffiMadeNeedsItsBackend() throws InterruptedException {
    Report report = check("bcrypt", PACKAGES.resolve("cryptography").toString());
    assertThat(report.findings())
        .filteredOn(finding -> finding.message().contains("'_cffi_backend'"))
        .extracting(Finding::module, Finding::verdict)
        .contains(
            tuple("bcrypt._bcrypt", Verdict.BROKEN), tuple(BINDINGS + "_openssl", Verdict.BROKEN))
        .doesNotContain(tuple(BINDINGS + "_rust", Verdict.BROKEN))
        .hasSize(9);
  }
}
