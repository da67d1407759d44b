package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.spi.VerdictStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clutch check}: what cannot be done, and why; and what it leaves behind. */
class CheckCommandTest {
  /** Extension modules that the build of java/core makes, with {@code native/fixtures}. */
  private static final Path FIXTURES =
      Path.of("..", "core", "target", "native", "fixtures").toAbsolutePath().normalize();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private CliProcess check(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(args));
    return CliProcess.run(folder, "", all.toArray(String[]::new));
  }

  private static void assertMisused(CliProcess check, String... reason) {
    assertThat(check.status()).isEqualTo(ClutchCli.MISUSED);
    assertThat(check.out()).isEmpty();
    assertThat(check.err()).startsWith("clutch: ").contains(reason);
    assertThat(check.errLines()).hasSize(1);
  }

  @Test
  void refusesOptionsThatMakeNoSense() throws Exception {
    assertMisused(check(), "TARGET");
    assertMisused(check("json", "--format", "pdf"), "pdf", "sarif");
    assertMisused(check("json", "--jobs", "0"), "at least 1");
    assertMisused(check("json", "--rounds", "2"), "at least 3 rounds");
    assertMisused(check("json", "--timeout", "-1"), "time limit");
    assertMisused(check("json", "--exercise", "none.py"), "none.py");
    assertMisused(check("json", "--python", "3.14,"), "--python");
  }

  @Test
  void refusesTargetsThatAreNone() throws Exception {
    Files.writeString(folder.resolve("notes.txt"), "text");
    assertMisused(check("notes.txt"), "notes.txt", "wheel");
    assertMisused(check("./gone"), "./gone", "no file or folder");
  }

  // ---- verdicts
  // ---------------------------------------------------------------------------------

  private static Path fixture(String module) {
    return FIXTURES.resolve(module + ".cpython-314-x86_64-linux-gnu.so");
  }

  private Optional<String> recorded(Path file, String minor) throws Exception {
    return VerdictStore.at(store()).verdict(file, minor);
  }

  private Path store() {
    return CliProcess.cache(folder).resolve("clutch").resolve("verdicts");
  }

  @Test
  void recordsVerdictsForTheImportGuard() throws Exception {
    Path safe = fixture("slot_own_gil");
    Path shared = fixture("slot_supported");
    CliProcess check = check(safe.toString(), shared.toString(), "--python", "3.14");
    assertThat(check.status()).as(check.err()).isEqualTo(ClutchCli.FAILED);
    assertThat(check.err()).isEmpty();
    assertThat(recorded(safe, "3.14")).contains(VerdictStore.OWN_GIL);
    assertThat(recorded(shared, "3.14")).contains("SHARED_GIL");
    assertThat(recorded(safe, "3.13")).isEmpty();
  }

  @Test
  void recordsNothingIfToldSo() throws Exception {
    CliProcess check = check(fixture("slot_own_gil").toString(), "--python", "3.14", "--no-record");
    assertThat(check.status()).as(check.err()).isZero();
    assertThat(recorded(fixture("slot_own_gil"), "3.14")).isEmpty();
  }

  @Test
  void warnsOfAStoreThatCannotBeWritten() throws Exception {
    Files.createDirectories(store().getParent());
    Files.writeString(store(), "a file where a folder should be");
    CliProcess check =
        check(fixture("slot_own_gil").toString(), fixture("leaks").toString(), "--python", "3.14");
    assertThat(check.status()).as(check.err()).isZero();
    assertThat(check.out()).contains("OWN_GIL");
    assertThat(check.errLines())
        .singleElement()
        .asString()
        .contains("STRICT", "XDG_CACHE_HOME", "--no-record");
  }

  /** As {@code kill -9} does; the module that is asked about never ends by itself. */
  @Test
  void leavesNoProcessIfItIsKilled() throws Exception {
    Process command =
        CliProcess.start(
            folder, "check", "init_loops", "--path", FIXTURES.toString(), "--timeout", "600");
    try {
      // The program that starts the others, and one of these.
      await(() -> command.descendants().count() >= 2);
      List<ProcessHandle> started = command.descendants().toList();
      command.destroyForcibly().waitFor();
      await(() -> started.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      command.destroyForcibly();
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.sleep(10);
    }
  }
}
