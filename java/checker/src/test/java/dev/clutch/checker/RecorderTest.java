package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.targets.Subject;
import dev.clutch.spi.VerdictStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded of a check, and what happens if it cannot be. */
class RecorderTest {
  @TempDir Path folder;

  private Path extension;
  private VerdictStore store;

  @BeforeEach
  void makeAnExtension() throws Exception {
    extension = Files.writeString(folder.resolve("fast.so"), "bytes of an extension");
    store = VerdictStore.at(folder.resolve("store"));
  }

  private Subject subject() {
    return subject(Optional.empty());
  }

  private Subject subject(Optional<Path> wheel) {
    return new Subject(
        Subject.Kind.EXTENSION,
        "fast",
        List.of(extension),
        List.of(folder),
        wheel,
        Optional.empty());
  }

  private Finding finding(Subject subject, Verdict verdict) {
    return new Finding(
        "3.14.3",
        "fast",
        Optional.of(subject.shown(extension)),
        Optional.empty(),
        List.of(),
        verdict,
        Rule.OWN_GIL,
        "",
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void recordsAnyVerdictForTheMinorVersion() throws Exception {
    Recorder recorder = new Recorder(Optional.of(store));
    for (Verdict verdict : Verdict.values()) {
      assertThat(recorder.record(subject(), finding(subject(), verdict))).isEmpty();
      assertThat(store.verdict(extension, "3.14")).contains(verdict.name());
    }
    assertThat(store.verdict(extension, "3.13")).isEmpty();
  }

  @Test
  void aFileInAWheelIsKnownByItsBytes() throws Exception {
    Subject inWheel = subject(Optional.of(Path.of("/srv/fast-1-py3-none-any.whl")));
    Finding finding = finding(inWheel, Verdict.OWN_GIL);
    assertThat(finding.file()).contains("/srv/fast-1-py3-none-any.whl!fast.so");
    new Recorder(Optional.of(store)).record(inWheel, finding);
    Path installed = Files.copy(extension, folder.resolve("installed.so"));
    assertThat(store.verdict(installed, "3.14")).contains(VerdictStore.OWN_GIL);
  }

  @Test
  void warnsOnceOfAStoreThatCannotBeWritten() throws Exception {
    Path occupied = Files.writeString(folder.resolve("occupied"), "no folder");
    Recorder recorder = new Recorder(Optional.of(VerdictStore.at(occupied)));
    Finding finding = finding(subject(), Verdict.OWN_GIL);
    assertThat(recorder.record(subject(), finding).orElseThrow()).contains("STRICT", "occupied");
    assertThat(recorder.record(subject(), finding)).isEmpty();
  }

  @Test
  void aCheckWithoutAStoreWritesNothing() throws Exception {
    Finding finding = finding(subject(), Verdict.OWN_GIL);
    assertThat(new Recorder(Optional.empty()).record(subject(), finding)).isEmpty();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(extension);
    }
  }

  @Test
  void aWheelsVerdictsAreRecordedBeforeItIsGone() throws Exception {
    String name = "_struct.cpython-314-x86_64-linux-gnu.so";
    Path original = Bundles.extension("3.14", name);
    Path wheel = folder.resolve("fast-1-cp314-cp314-linux_x86_64.whl");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
      zip.putNextEntry(new ZipEntry(name));
      Files.copy(original, zip);
    }
    CannedProbe probe = new CannedProbe("3.14.3");
    probe.with("_struct", CannedProbe.ok(CannedProbe.loaded("_struct", CannedProbe.OWN)));
    new Checker(List.of(probe), CheckOptions.defaults().withVerdicts(store))
        .check(List.of(wheel.toString()), CheckProgress.NONE);
    assertThat(store.verdict(original, "3.14")).contains(VerdictStore.OWN_GIL);
  }
}
