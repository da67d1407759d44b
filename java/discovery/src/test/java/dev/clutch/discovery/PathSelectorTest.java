package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.spi.PythonInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathSelectorTest {
  private static final String MINOR = "3.14";

  @TempDir Path folder;

  @Test
  void aLibpythonBringsWhatIsAroundIt() {
    PythonInstallation installation = PathSelector.locate(TestBundles.library(MINOR).toString());

    assertThat(installation.home()).isEqualTo(TestBundles.folder(MINOR));
    assertThat(installation.executable()).isEqualTo(TestBundles.bundle(MINOR).executable());
    assertThat(installation.preload()).isEqualTo(TestBundles.bundle(MINOR).preload());
    assertThat(installation.origin()).isEqualTo("path");
  }

  @Test
  void anExecutableLeadsToItsLibpython() {
    Path executable = TestBundles.folder(MINOR).resolve("bin/python3");

    PythonInstallation installation = PathSelector.locate(executable.toString());

    assertThat(installation.library()).isEqualTo(TestBundles.library(MINOR));
    assertThat(installation.executable()).isEqualTo(executable);
    assertThat(installation.version()).isEqualTo("3.14.3");
  }

  @Test
  void aSymbolicLinkLeadsToWhereItPoints() throws IOException {
    Path link = folder.resolve("my-python");
    Files.createSymbolicLink(link, TestBundles.folder(MINOR).resolve("bin/python3.14"));

    assertThat(PathSelector.locate(link.toString()).library())
        .isEqualTo(TestBundles.library(MINOR));
  }

  @Test
  void theStubOfTheStableAbiLeadsToItsSibling() {
    for (Path executable : InstalledPythons.executables()) {
      Path library = PathSelector.locate(executable.toString()).library();
      Path stub = library.resolveSibling("libpython3.so");
      if (Files.exists(stub)) {
        assertThat(PathSelector.locate(stub.toString()).library()).isEqualTo(library);
      }
    }
  }

  @Test
  void anInstalledExecutableLeadsToItsLibpython() throws IOException {
    for (Path executable : InstalledPythons.executables()) {
      PythonInstallation installation = PathSelector.locate(executable.toString());

      assertThat(installation.version()).isEqualTo(InstalledPythons.version(executable));
      assertThat(installation.home()).isEqualTo(executable.getParent().getParent());
      assertThat(installation.preload()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3.12, --copies", "3.12, --symlinks",
    "3.13, --copies", "3.13, --symlinks",
    "3.14, --copies", "3.14, --symlinks"
  })
  void aVirtualEnvironmentKeepsItsExecutable(String minor, String how) throws Exception {
    Path environment = folder.resolve("venv");
    TestBundles.run(minor, "-m", "venv", "--without-pip", how, environment.toString());

    PythonInstallation byFolder = PathSelector.locate(environment.toString());
    PythonInstallation byExecutable =
        PathSelector.locate(environment.resolve("bin/python").toString());

    assertThat(byFolder.home()).isNull();
    assertThat(byFolder.executable()).isEqualTo(environment.resolve("bin/python"));
    assertThat(byFolder.library()).isEqualTo(TestBundles.library(minor));
    assertThat(byFolder.preload()).isEqualTo(TestBundles.bundle(minor).preload());
    assertThat(byExecutable).isEqualTo(byFolder);
  }
}
