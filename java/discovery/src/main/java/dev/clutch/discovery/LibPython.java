package dev.clutch.discovery;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A libpython and what looking at it told.
 *
 * @param file its real path
 * @param version null if unknown
 * @param rejection why Clutch cannot use it, and null if it can
 */
record LibPython(Path file, @Nullable PythonVersion version, @Nullable String rejection) {
  static LibPython usable(Path file, PythonVersion version) {
    return new LibPython(file, version, null);
  }

  static LibPython rejected(Path file, @Nullable PythonVersion version, String reason) {
    return new LibPython(file, version, reason);
  }

  /** Its version, or {@code unknown}. */
  String versionText() {
    return version == null ? "unknown" : version.toString();
  }
}
