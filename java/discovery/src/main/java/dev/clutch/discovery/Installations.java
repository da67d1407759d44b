package dev.clutch.discovery;

import dev.clutch.PythonOptions;
import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonInstallation;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a libpython into what the core opens and configures, or says why it cannot be used. */
final class Installations {
  /** What every refusal of a chosen CPython ends with. */
  static final String CHOOSE_ANOTHER =
      "Choose another with -D"
          + PythonOptions.SYSTEM_PROPERTY
          + "=... or "
          + PythonOptions.ENVIRONMENT_VARIABLE
          + " (bundled, "
          + String.join(", ", GlueVersions.MINORS)
          + ", system, or a path).";

  private Installations() {}

  /** The installation around a libpython, with the executable that belongs to it. */
  static PythonInstallation of(LibPython python, String origin) {
    PythonVersion version = requireUsable(python, python.file());
    Path prefix = prefix(python, version);
    Path executable = prefix == null ? null : Prefix.executable(prefix, version.minorVersion());
    return of(python, version, prefix, executable, origin);
  }

  /** The installation of an executable. */
  static PythonInstallation ofExecutable(LibPython python, Path executable) {
    PythonVersion version = requireUsable(python, executable);
    return of(python, version, prefix(python, version), executable, "path");
  }

  /** The installation of a virtual environment, whose executable alone leads to its packages. */
  static PythonInstallation ofVirtualEnvironment(LibPython python, Path executable) {
    PythonVersion version = requireUsable(python, executable);
    return of(python, version, null, executable, "virtual environment");
  }

  private static PythonInstallation of(
      LibPython python,
      PythonVersion version,
      @Nullable Path home,
      @Nullable Path executable,
      String origin) {
    return new PythonInstallation(
        version.toString(),
        python.file(),
        home,
        executable,
        preload(python, prefix(python, version)),
        origin);
  }

  private static @Nullable Path prefix(LibPython python, PythonVersion version) {
    return Prefix.of(python.file(), version.minorVersion());
  }

  private static List<Path> preload(LibPython python, @Nullable Path prefix) {
    return prefix == null ? List.of() : Prefix.preload(prefix, python.file());
  }

  private static PythonVersion requireUsable(LibPython python, Path chosen) {
    PythonVersion version = python.version();
    if (python.rejection() != null || version == null) {
      throw refusal(named(python, chosen), String.valueOf(python.rejection()));
    }
    return version;
  }

  private static String named(LibPython python, Path chosen) {
    return chosen.equals(python.file()) ? chosen.toString() : chosen + " (" + python.file() + ")";
  }

  /** The refusal of something that was chosen by its path. */
  static PythonUnavailableException refusal(Object chosen, String reason) {
    return new PythonUnavailableException(
        "Cannot use " + chosen + ": " + reason + ". " + CHOOSE_ANOTHER);
  }
}
