package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clutch info}. */
class InfoCommandTest {
  @TempDir Path folder;

  @Test
  void showsThePythonInUseAndTheOthers() throws Exception {
    CliProcess info = CliProcess.run(folder, "", "--python", "3.13", "info");
    assertThat(info.status()).isZero();
    assertThat(info.err()).isEmpty();
    assertThat(info.out())
        .contains("CPython       3.13.5, bundled\n", "CPython 3.12, 3.13, 3.14\n")
        .containsPattern("3\\.12\\.1 +bundled, .*\n +usable\n")
        .contains("JDK           " + System.getProperty("java.version"));
  }

  @Test
  void showsTheOthersWhenTheChosenOneCannotBeUsed() throws Exception {
    CliProcess info = CliProcess.run(folder, "", "--python", "/gone", "info");
    assertThat(info.status()).isEqualTo(ClutchCli.MISUSED);
    assertThat(info.out()).contains("CPython       none: ", "3.14.3", "usable");
  }

  @Test
  void printsTheFolderOfTheStandardLibrary() throws Exception {
    CliProcess info = CliProcess.run(folder, "", "info", "--stdlib");
    assertThat(Path.of(info.out().strip())).isDirectory().endsWithRaw(Path.of("python3.14"));
    assertThat(Path.of(info.out().strip(), "tokenize.py")).exists();
  }
}
