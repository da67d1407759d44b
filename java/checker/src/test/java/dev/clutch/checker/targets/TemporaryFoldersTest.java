package dev.clutch.checker.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporary folders are gone afterwards, whatever happens to the process. */
class TemporaryFoldersTest {
  @TempDir Path parent;

  /** Makes a folder and waits to be killed. */
  public static void main(String[] args) throws Exception {
    Path folder = new TemporaryFolders(Path.of(args[0])).create();
    Files.writeString(folder.resolve("file"), "text");
    System.out.println("made");
    Thread.sleep(TimeUnit.MINUTES.toMillis(1));
  }

  private Process child() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TemporaryFoldersTest.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(child.inputReader().readLine()).isEqualTo("made");
    assertThat(parent).isNotEmptyDirectory();
    return child;
  }

  @Test
  void aProcessThatIsAskedToEndCleansUp() throws Exception {
    Process child = child();
    child.destroy();
    child.waitFor();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void theNextRunCleansUpAfterAKilledOne() throws Exception {
    Process child = child();
    child.destroyForcibly().waitFor();
    assertThat(parent).isNotEmptyDirectory();
    try (TemporaryFolders folders = new TemporaryFolders(parent)) {
      assertThat(parent).isEmptyDirectory();
      folders.create();
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aLivingProcessKeepsItsFolders() throws Exception {
    Process child = child();
    try (TemporaryFolders folders = new TemporaryFolders(parent)) {
      folders.create();
      assertThat(parent.toFile().list()).hasSize(2);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }
}
