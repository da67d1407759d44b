package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
  @TempDir Path folder;

  @BeforeEach
  void fillFolder() throws IOException {
    Files.createDirectories(folder.resolve("sub"));
    for (String name : List.of("b.py", "a.py", "sub/c.py", "notes.txt")) {
      Files.createFile(folder.resolve(name));
    }
  }

  @Test
  void takesFilesAsTheyAreWrittenAndInTheirOrder() {
    List<String> files = List.of(path("b.py"), path("notes.txt"), path("a.py"));
    assertThat(inputs("*.py").collect(files)).isEqualTo(files);
  }

  @Test
  void takesFilesBelowAFolderSorted() {
    assertThat(inputs("*.py").collect(List.of(folder.toString())))
        .containsExactly(path("a.py"), path("b.py"), path("sub/c.py"));
  }

  @Test
  void matchesAGlobWithASlashAgainstTheWholePath() {
    assertThat(inputs("sub/*.py").collect(List.of(folder.toString())))
        .containsExactly(path("sub/c.py"));
  }

  @Test
  void takesLinesOfStandardInputWhereTheDashStands() {
    assertThat(inputs(null).collect(List.of(path("a.py"), "-")))
        .containsExactly(path("a.py"), "één", "", "two");
  }

  @Test
  void takesStandardInputWithoutArguments() {
    assertThat(inputs(null).collect(List.of())).containsExactly("één", "", "two");
  }

  @Test
  void refusesAFolderWithoutGlob() {
    assertThatThrownBy(() -> inputs(null).collect(List.of(folder.toString())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--glob");
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThatThrownBy(() -> inputs(null).collect(List.of(path("gone"))))
        .isInstanceOf(UserError.class)
        .hasMessage("no such file: " + path("gone"));
  }

  @Test
  void refusesInputThatItCannotDecode() {
    Inputs inputs = new Inputs(null, new ByteArrayInputStream(new byte[] {'a', (byte) 0xff}));
    assertThatThrownBy(() -> inputs.collect(List.of("-")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("standard input cannot be read as UTF-8");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static Inputs inputs(String glob) {
    byte[] stdin = "één\n\ntwo\n".getBytes(StandardCharsets.UTF_8);
    return new Inputs(glob, new ByteArrayInputStream(stdin));
  }
}
