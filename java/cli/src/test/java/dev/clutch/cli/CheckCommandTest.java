package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clutch check}: what cannot be done, and why. */
class CheckCommandTest {
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
}
