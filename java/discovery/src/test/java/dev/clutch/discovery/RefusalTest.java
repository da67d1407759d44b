package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.PythonUnavailableException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that cannot be used, and what the error says of it. */
class RefusalTest {
  private static final String NAME = "libpython3.14.so.1.0";

  private final DiscoveringLocator locator =
      new DiscoveringLocator(new URLClassLoader(new URL[0], null), Map::of);

  @TempDir Path folder;

  private void assertRefused(Object selector, String... parts) {
    assertThatThrownBy(() -> locator.locate(selector.toString()))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContainingAll(parts);
  }

  private FakeLibrary libPython() throws IOException {
    return FakeLibrary.from(TestBundles.library("3.14"));
  }

  @Test
  void noSuchPath() {
    assertRefused(folder.resolve("nothing"), "nothing", "no such path", "-Dclutch.python");
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "bundle", "3", "3.x"})
  void unknownWord(String selector) {
    assertRefused(selector, selector, "names no CPython", "bundled", "system", "a path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.11", "3.11.4", "2.7"})
  void versionTooOld(String selector) {
    assertRefused(selector, "CPython " + selector, "3.12 or later");
  }

  @Test
  void versionWithoutGlue() {
    assertRefused("3.15", "CPython 3.15", "glue for 3.12, 3.13 and 3.14");
  }

  @Test
  void versionThatIsTooExact() {
    assertRefused("3.14.3", "CPython 3.14.3", "chosen as 3.14");
  }

  @Test
  void libraryTooOld() throws IOException {
    assertRefused(
        libPython().as(folder.resolve("libpython3.11.so.1.0")), "CPython 3.11", "3.12 or later");
  }

  @Test
  void libraryWithoutGlue() throws IOException {
    assertRefused(
        libPython().as(folder.resolve("libpython3.15.so.1.0")),
        "CPython 3.15",
        "glue for 3.12, 3.13 and 3.14");
  }

  @Test
  void freeThreadedByName() throws IOException {
    assertRefused(
        libPython().as(folder.resolve("libpython3.14t.so.1.0")), "free-threaded", "with the GIL");
  }

  @Test
  void freeThreadedByWhatItSays() throws IOException {
    assertRefused(
        libPython().freeThreaded().as(folder.resolve(NAME)),
        "free-threaded build of CPython 3.14.3");
  }

  @Test
  void libraryOf32Bit() throws IOException {
    assertRefused(libPython().of32Bit().as(folder.resolve(NAME)), NAME, "32-bit x86", "64-bit");
  }

  @Test
  void libraryOfAForeignArchitecture() throws IOException {
    assertRefused(
        libPython().forAarch64().as(folder.resolve(NAME)), "64-bit AArch64", "64-bit x86-64");
  }

  @Test
  void libraryCutShort() throws IOException {
    assertRefused(libPython().truncated().as(folder.resolve(NAME)), "cut short");
  }

  @Test
  void libraryThatIsOnlyNamedSo() throws IOException {
    Path libffi = TestBundles.bundle("3.14").preload().get(0);

    assertRefused(libffi, "not named as a libpython");
    assertRefused(
        FakeLibrary.from(libffi).as(folder.resolve(NAME)), "no libpython", "no Py_GetVersion");
  }

  @Test
  void textFile() throws IOException {
    assertRefused(Files.writeString(folder.resolve("notes.txt"), "text"), "no ELF file");
    assertRefused(Files.writeString(folder.resolve(NAME), ""), "no ELF file");
  }

  @Test
  void script() throws IOException {
    assertRefused(
        Files.writeString(folder.resolve("python3"), "#!/bin/sh\nexec pyenv exec python3"),
        "it is a script",
        "pyenv which python3");
  }

  @Test
  void executableWithoutALibpython() throws IOException {
    FakeLibrary executable = FakeLibrary.from(TestBundles.folder("3.14").resolve("bin/python3.14"));

    assertRefused(executable.as(folder.resolve("bin/python3.13")), "no shared libpython3.13");
    assertRefused(executable.as(folder.resolve("bin/python3.11")), "CPython 3.11", "3.12 or later");
    assertRefused(executable.forAarch64().as(folder.resolve("bin/python3.12")), "AArch64");
  }

  @Test
  void executableWhoseLibpythonIsFreeThreaded() throws IOException {
    FakeLibrary.from(TestBundles.folder("3.14").resolve("bin/python3.14"))
        .as(folder.resolve("bin/python3.14t"));
    libPython().as(folder.resolve("lib/libpython3.14t.so.1.0"));

    assertRefused(folder.resolve("bin/python3.14t"), "bin/python3.14t", "free-threaded");
  }

  @Test
  void folderThatIsNoVirtualEnvironment() {
    assertRefused(folder, folder.toString(), "no virtual environment", "pyvenv.cfg");
    assertRefused(
        TestBundles.folder("3.14"), "to use the Python in it give", "linux-x86_64/bin/python3");
  }

  @Test
  void virtualEnvironmentThatLostItsPython() throws IOException {
    Path python = TestBundles.folder("3.14").resolve("bin/python3.14");
    Files.writeString(folder.resolve("pyvenv.cfg"), "home = /gone/bin\nversion = 3.12.4\n");
    assertRefused(folder, "bin/python is missing");

    FakeLibrary.from(python).as(folder.resolve("bin/python")).toFile().setExecutable(true);
    assertRefused(folder, "made with CPython 3.12 in /gone/bin", "make it again");

    Files.writeString(folder.resolve("pyvenv.cfg"), "version = 3.12.4\n");
    assertRefused(folder, "no line \"home = ...\"");
  }

  @Test
  void systemWithoutAPython() {
    assertRefused("system", "no CPython on this system", "Looked in", "found no libpython");
  }
}
