package dev.clutch.discovery;

import dev.clutch.spi.PythonInstallation;
import java.nio.file.Files;
import java.nio.file.Path;

/** A selector that is a path: a libpython, an executable, or a virtual environment. */
final class PathSelector {
  private PathSelector() {}

  /** Whether a selector that is no known word is meant as a path. */
  static boolean isPath(String selector) {
    return selector.contains("/") || selector.startsWith("~") || Files.exists(Path.of(selector));
  }

  /** The CPython that the path leads to. */
  static PythonInstallation locate(String selector) {
    Path path = withHome(selector).toAbsolutePath();
    if (!Files.exists(path)) {
      throw Installations.refusal(path, "there is no such path");
    }
    if (Files.isDirectory(path)) {
      return VirtualEnvironment.in(path).installation();
    }
    return isLibrary(path) ? library(path) : executable(path);
  }

  /** A shell replaces the tilde, but nobody does in a properties file. */
  private static Path withHome(String selector) {
    return Path.of(selector.replaceFirst("^~(?=/|$)", System.getProperty("user.home", "~")));
  }

  private static boolean isLibrary(Path path) {
    Path real = Folders.real(path);
    return LibraryName.isStub(real) || LibraryName.of(real) != null;
  }

  private static PythonInstallation library(Path path) {
    return Installations.of(LibPythonProbe.probe(path), "path");
  }

  private static PythonInstallation executable(Path path) {
    String rejection = PythonExecutable.rejection(path);
    if (rejection != null) {
      throw Installations.refusal(path, rejection);
    }
    return VirtualEnvironment.around(path)
        .map(VirtualEnvironment::installation)
        .orElseGet(() -> installed(path));
  }

  private static PythonInstallation installed(Path path) {
    PythonExecutable executable =
        PythonExecutable.at(path)
            .orElseThrow(() -> Installations.refusal(path, "it cannot be read"));
    return Installations.ofExecutable(executable.library(), path);
  }
}
