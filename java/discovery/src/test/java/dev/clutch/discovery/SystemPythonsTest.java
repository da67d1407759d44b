package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonInstallation;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine in a temporary folder, with real libpythons where systems and tools put them. */
class SystemPythonsTest {
  @TempDir Path temporary;

  private Path root;

  @BeforeEach
  void resolveRoot() throws IOException {
    root = temporary.toRealPath();
  }

  private DiscoveringLocator locator() {
    Map<String, String> environment =
        Map.of("PATH", root.resolve("apps/bin") + ":" + root.resolve("nothing"));
    return new DiscoveringLocator(
        new URLClassLoader(new URL[0], null),
        () -> SearchPath.of(root, root.resolve("home"), environment));
  }

  private Path install(String minor, String folder) throws IOException {
    return installAs("libpython" + minor + ".so.1.0", minor, folder);
  }

  private Path installAs(String name, String minor, String folder) throws IOException {
    return FakeLibrary.from(TestBundles.library(minor)).as(root.resolve(folder).resolve(name));
  }

  @Test
  void theNewestUsableOneIsChosen() throws IOException {
    install("3.12", "usr/lib/x86_64-linux-gnu");
    Path chosen = install("3.13", "home/.pyenv/versions/3.13.5/lib");
    installAs("libpython3.15.so.1.0", "3.14", "usr/local/lib");
    installAs("libpython3.14t.so.1.0", "3.14", "home/.local/share/uv/python/cpython-3.14/lib");

    PythonInstallation installation = locator().locate("system");

    assertThat(installation.library()).isEqualTo(chosen);
    assertThat(installation.version()).isEqualTo("3.13.5");
    assertThat(installation.origin()).isEqualTo("pyenv");
  }

  @Test
  void oneThatCannotBeLoadedIsPassedOver() throws IOException {
    FakeLibrary.from(TestBundles.library("3.14"))
        .forAarch64()
        .as(root.resolve("usr/lib/aarch64-linux-gnu/libpython3.14.so.1.0"));
    Path chosen = install("3.12", "opt/conda/envs/science/lib");

    assertThat(locator().locate("system").library()).isEqualTo(chosen);
  }

  @Test
  void aVersionIsFoundWithoutABundle() throws IOException {
    install("3.13", "usr/local/lib");
    Path chosen = install("3.12", "opt/python3.12/lib");

    assertThat(locator().locate("3.12").library()).isEqualTo(chosen);
    assertThatThrownBy(() -> locator().locate("3.14"))
        .hasMessageContaining("no CPython 3.14")
        .hasMessageContaining("opt/python3.12/lib/libpython3.12.so.1.0: usable");
  }

  @Test
  void anExecutableOnThePathLeadsToItsLibpython() throws IOException {
    FakeLibrary.from(TestBundles.folder("3.12").resolve("bin/python3.12"))
        .as(root.resolve("apps/python/bin/python3.12"));
    Path chosen = install("3.12", "apps/python/lib");
    Files.createDirectories(root.resolve("apps/bin"));
    Files.createSymbolicLink(
        root.resolve("apps/bin/python3"), root.resolve("apps/python/bin/python3.12"));
    Files.writeString(root.resolve("apps/bin/python3.11"), "#!/bin/sh\nexec pyenv");

    PythonInstallation installation = locator().locate("system");

    assertThat(installation.library()).isEqualTo(chosen);
    assertThat(installation.origin()).isEqualTo("PATH");
  }

  @Test
  void candidatesAreListedOnceEachTheBestFirst() throws IOException {
    Path old = installAs("libpython3.11.so.1.0", "3.12", "usr/lib/x86_64-linux-gnu");
    Path usable = install("3.12", "usr/lib/x86_64-linux-gnu");
    Files.createSymbolicLink(usable.resolveSibling("libpython3.12.so"), usable);
    Path newer = installAs("libpython3.15.so.1.0", "3.14", "usr/local/lib");

    assertThat(locator().candidates())
        .extracting(PythonCandidate::location, PythonCandidate::version, PythonCandidate::usable)
        .containsExactly(
            tuple(usable.toString(), "3.12.1", true),
            tuple(newer.toString(), "3.15", false),
            tuple(old.toString(), "3.11", false));
  }
}
