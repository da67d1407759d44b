package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StdlibCompilerTest {
  @TempDir Path bundle;

  /** It prints the two warnings that this test is about. */
  @Test
  void onlyWarnsWhenTheChildCannotRun() throws IOException {
    assertThatCode(() -> new StdlibCompiler(bundle, "3.14").compile()).doesNotThrowAnyException();

    Path executable = bundle.resolve("bin/python3.14");
    Files.createDirectories(executable.getParent());
    Files.writeString(executable, "#!/bin/sh\necho broken\nexit 3\n");
    assertThat(executable.toFile().setExecutable(true)).isTrue();
    assertThatCode(() -> new StdlibCompiler(bundle, "3.14").compile()).doesNotThrowAnyException();
  }
}
