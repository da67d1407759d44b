package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonInstallation;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundledPythonTest {
  private final DiscoveringLocator locator =
      new DiscoveringLocator(getClass().getClassLoader(), Map::of);

  private final DiscoveringLocator withoutBundles =
      new DiscoveringLocator(new URLClassLoader(new URL[0], null), Map::of);

  @ParameterizedTest
  @CsvSource({"3.12, 3.12.1, 7", "3.13, 3.13.5, 8", "3.14, 3.14.3, 8"})
  void isExtractedWhole(String minor, String version, String libffi) {
    PythonInstallation installation = locator.locate(minor);

    Path folder = installation.library().getParent();
    assertThat(installation)
        .isEqualTo(
            new PythonInstallation(
                version,
                folder.resolve("libpython" + minor + ".so.1.0"),
                folder,
                folder.resolve("bin/python" + minor),
                List.of(folder.resolve("libffi.so." + libffi)),
                "bundled"));
    assertThat(installation.minorVersion()).isEqualTo(minor);
    assertThat(installation.executable()).isExecutable();
    assertThat(installation.library()).startsWith(TestBundles.CACHE);
  }

  @ParameterizedTest
  @CsvSource({"3.12, 312", "3.13, 313", "3.14, 314"})
  void isCompiledWithoutItsTests(String minor, String tag) {
    Path stdlib = locator.locate(minor).library().resolveSibling("lib/python" + minor);

    assertThat(stdlib.resolve("json/__pycache__/decoder.cpython-" + tag + ".pyc")).exists();
    assertThat(stdlib.resolve("__pycache__/os.cpython-" + tag + ".pyc")).exists();
    assertThat(stdlib.resolve("test/__pycache__")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"3.12", "3.13", "3.14"})
  void runsAsAProgram(String minor) throws Exception {
    assertThat(TestBundles.run(minor, "-c", "import ctypes, ssl, sqlite3, sys; print(sys.prefix)"))
        .isEqualTo(TestBundles.folder(minor) + "\n");
  }

  @Test
  void theNewestIsTheDefault() {
    assertThat(locator.locate("bundled").version()).isEqualTo("3.14.3");
  }

  @Test
  void isListedWithTheJarItIsIn() {
    assertThat(locator.candidates())
        .filteredOn(PythonCandidate::usable)
        .extracting(PythonCandidate::version)
        .containsExactly("3.14.3", "3.13.5", "3.12.1");
    assertThat(locator.candidates())
        .extracting(candidate -> Files.isRegularFile(Path.of(candidate.location())))
        .containsOnly(true);
  }

  @Test
  void withoutOneTheErrorNamesTheDependency() {
    assertThatThrownBy(() -> withoutBundles.locate("bundled"))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContaining("no bundled CPython on the class path")
        .hasMessageContaining("dev.clutch:clutch")
        .hasMessageContaining("org.bytedeco:cpython");
  }

  @Test
  void withoutOneOfThatVersionTheErrorNamesBothPlaces() {
    assertThatThrownBy(() -> withoutBundles.locate("3.13"))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContaining("no CPython 3.13")
        .hasMessageContaining("org.bytedeco:cpython in a version 3.13")
        .hasMessageContaining("Looked in");
  }
}
