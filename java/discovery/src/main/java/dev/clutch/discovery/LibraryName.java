package dev.clutch.discovery;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file name of a libpython says.
 *
 * @param version its minor version
 * @param abiFlags such as {@code t} (free-threaded) or {@code d} (debug), mostly empty
 * @param soname whether it is the file that the soname names, {@code libpython3.X.so.1.0}
 */
record LibraryName(PythonVersion version, String abiFlags, boolean soname) {
  private static final Pattern FORMAT =
      Pattern.compile("libpython(\\d+\\.\\d+)([a-z]*)\\.so(\\.[.\\d]+)?");

  /** Null if {@code file} is not named as a libpython is. */
  static @Nullable LibraryName of(Path file) {
    Matcher matcher = FORMAT.matcher(file.getFileName().toString());
    PythonVersion version = matcher.matches() ? PythonVersion.parse(matcher.group(1)) : null;
    return version == null
        ? null
        : new LibraryName(version, matcher.group(2), ".1.0".equals(matcher.group(3)));
  }

  /** For a file whose name is known to be one. */
  static LibraryName require(Path file) {
    return Objects.requireNonNull(of(file), file::toString);
  }

  /** Whether it is the stub of the stable ABI, which only leads to the real libpython. */
  static boolean isStub(Path file) {
    return file.getFileName().toString().equals("libpython3.so");
  }

  boolean freeThreaded() {
    return abiFlags.contains("t");
  }
}
