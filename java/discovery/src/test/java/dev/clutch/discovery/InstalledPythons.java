package dev.clutch.discovery;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The CPythons that happen to be installed on the machine, wherever that is. */
final class InstalledPythons {
  private InstalledPythons() {}

  /** Their executables, of versions with glue and with a libpython; skips the test without any. */
  static List<Path> executables() {
    List<Path> found =
        SearchPath.ofThisMachine().keySet().stream()
            .filter(InstalledPythons::holdsLibPython)
            .map(folder -> folder.resolveSibling("bin").resolve("python3"))
            .filter(Files::isExecutable)
            .toList();
    assumeFalse(found.isEmpty(), "no CPython with glue is installed here");
    return found;
  }

  /** Asks the executable itself. */
  static String version(Path executable) throws IOException {
    Process process =
        new ProcessBuilder(
                executable.toString(), "-Ic", "import platform; print(platform.python_version())")
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static boolean holdsLibPython(Path folder) {
    return List.of("3.12", "3.13", "3.14").stream()
        .anyMatch(minor -> Files.exists(folder.resolve("libpython" + minor + ".so.1.0")));
  }
}
