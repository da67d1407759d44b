package dev.clutch.checker;

import static dev.clutch.checker.CannedProbe.OWN;
import static dev.clutch.checker.CannedProbe.SINGLE;
import static dev.clutch.checker.CannedProbe.loaded;
import static dev.clutch.checker.CannedProbe.ok;
import static dev.clutch.checker.CannedProbe.refusal;
import static dev.clutch.checker.CannedProbe.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.ProbeException;
import dev.clutch.checker.probe.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole checks of folders with real extension files, whose answers are canned. */
class CheckerTest {
  private static final String STRUCT = "_struct.cpython-314-x86_64-linux-gnu.so";

  @TempDir Path site;

  private final CannedProbe probe = new CannedProbe("3.14.3");

  private Report check(String... targets) throws InterruptedException {
    return new Checker(List.of(probe), CheckOptions.defaults().withJobs(2))
        .check(List.of(targets), CheckProgress.NONE);
  }

  private void extension(String path) throws Exception {
    Path file = site.resolve(path);
    Files.createDirectories(file.getParent());
    Files.copy(Bundles.extension("3.14", STRUCT), file);
  }

  private void python(String path, String text) throws Exception {
    Path file = site.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void aPackagesAnswersSpareQuestionsAboutItsExtensions() throws Exception {
    python("pack/__init__.py", "");
    extension("pack/_one.so");
    extension("pack/_two.abi3.so");
    Loaded one = loaded("pack._one", OWN, "pack");
    Loaded two = loaded("pack._two", OWN, "pack");
    probe.with("pack", ok(one, two));
    Report report = check(site.toString());
    assertThat(report.findings())
        .extracting(Finding::module)
        .containsExactly("pack", "pack._one", "pack._two");
    assertThat(report.isSafe()).isTrue();
    assertThat(probe.asked()).containsExactly("pack MAIN", "pack OWN", "pack PARALLEL");
    assertThat(probe.questions()).allMatch(question -> question.searchPath().get(0).equals(site));
  }

  @Test
  void pureDistributionsNeedNoQuestion() throws Exception {
    python("click/__init__.py", "");
    python(
        "click-8.1.7.dist-info/METADATA", "Metadata-Version: 2.1\nName: click\nVersion: 8.1.7\n");
    python("click-8.1.7.dist-info/RECORD", "click/__init__.py,,\n");
    Report report = check(site.toString());
    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.verdict()).isEqualTo(Verdict.PURE);
              assertThat(finding.distribution()).contains(new Distribution("click", "8.1.7"));
            });
    assertThat(probe.asked()).isEmpty();
  }

  @Test
  void anotherPythonsFileIsNotImported() throws Exception {
    extension("fast.cpython-39-x86_64-linux-gnu.so");
    Finding finding = check(site.toString()).findings().get(0);
    assertThat(finding.verdict()).isEqualTo(Verdict.WRONG_ABI);
    assertThat(finding.message()).contains("cpython-39", "cpython-314");
    assertThat(probe.asked()).isEmpty();
  }

  @Test
  void theFileThatFitsIsTakenOfSeveral() throws Exception {
    extension("fast.cpython-313-x86_64-linux-gnu.so");
    extension("fast.cpython-314-x86_64-linux-gnu.so");
    probe.with("fast", ok(loaded("fast", OWN)));
    Report report = check(site.toString());
    assertThat(report.findings())
        .singleElement()
        .extracting(Finding::file)
        .isEqualTo(Optional.of(site.resolve("fast.cpython-314-x86_64-linux-gnu.so").toString()));
  }

  @Test
  void aTruncatedFileIsNotImported() throws Exception {
    Files.write(site.resolve("cut.so"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    Finding finding = check(site.resolve("cut.so").toString()).findings().get(0);
    assertThat(finding.verdict()).isEqualTo(Verdict.WRONG_ABI);
    assertThat(finding.message()).contains("damaged");
  }

  @Test
  void aFallbackInADeepModuleIsFound() throws Exception {
    extension("google/_upb/_message.abi3.so");
    python("google/protobuf/__init__.py", "");
    python(
        "google/protobuf/impl.py",
        "try:\n  from google._upb import _message\nexcept ImportError:\n  pass\n");
    String message = "google._upb._message";
    String impl = "google.protobuf.impl";
    probe
        .with(message, Stage.OWN, refusal(message))
        .with(message, ok(loaded(message, SINGLE)))
        .with(impl, Stage.OWN, ok(refused(message, impl)))
        .with(impl, ok(loaded(message, SINGLE, impl)));
    Report report = check(site.toString());
    assertThat(report.findings())
        .extracting(Finding::module, Finding::verdict)
        .contains(tuple(message, Verdict.MAIN_ONLY), tuple(impl, Verdict.DEGRADED));
  }

  @Test
  void whatIsFoundTwiceIsReportedOnce() throws Exception {
    Loaded json = new Loaded("_json", "", List.of("json", "json.decoder"), Optional.of(OWN));
    probe.with("json", ok(json)).with("_json", ok(json));
    assertThat(check("json", "_json").findings())
        .extracting(Finding::module)
        .containsExactly("_json", "json");
  }

  @Test
  void severalCPythonsAreAskedAndProgressIsTold() throws Exception {
    CannedProbe other = new CannedProbe("3.12.1").with("json", ok());
    probe.with("json", ok());
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    CheckProgress progress =
        new CheckProgress() {
          @Override
          public void expected(int modules) {
            told.add("of " + modules);
          }

          @Override
          public void found(Finding finding) {
            told.add(finding.python());
          }
        };
    Report report =
        new Checker(List.of(other, probe), CheckOptions.defaults())
            .check(List.of("json"), progress);
    assertThat(report.pythons()).containsExactly("3.12.1", "3.14.3");
    assertThat(report.findings()).extracting(Finding::python).containsExactly("3.12.1", "3.14.3");
    assertThat(told).contains("of 2", "3.12.1", "3.14.3").hasSize(4);
  }

  @Test
  void aProbeThatCannotWorkEndsTheCheck() {
    CannedProbe failing = new CannedProbe("3.14.3");
    assertThatThrownBy(
            () ->
                new Checker(List.of(new FailingProbe(failing)), CheckOptions.defaults())
                    .check(List.of("json"), CheckProgress.NONE))
        .isInstanceOf(ProbeException.class)
        .hasMessageContaining("no process");
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> CheckOptions.defaults().withJobs(0))
        .isInstanceOf(CheckException.class);
    assertThatThrownBy(() -> CheckOptions.defaults().withTimeout(Duration.ZERO))
        .isInstanceOf(CheckException.class);
    assertThatThrownBy(() -> CheckOptions.defaults().withExercise(site.resolve("none.py")))
        .isInstanceOf(CheckException.class)
        .hasMessageContaining("none.py");
  }
}
