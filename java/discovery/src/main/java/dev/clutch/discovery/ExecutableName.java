package dev.clutch.discovery;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file name of a Python executable says about its libpython, as {@code python3.13t} does.
 *
 * @param version its minor version, and null if the name tells only {@code python3} or less
 * @param abiFlags as in {@link LibraryName}
 */
record ExecutableName(@Nullable PythonVersion version, String abiFlags) {
  private static final Pattern FORMAT = Pattern.compile("python(?:\\d|(\\d+\\.\\d+))?([a-z]*)");

  /** Null if {@code file} is not named as CPython's executables are. */
  static @Nullable ExecutableName of(Path file) {
    Matcher matcher = FORMAT.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return null;
    }
    String version = matcher.group(1);
    return new ExecutableName(
        version == null ? null : PythonVersion.parse(version), matcher.group(2));
  }

  boolean fits(LibraryName library) {
    return version == null || version.equals(library.version());
  }

  /** The newest first, of one version the one with the same flags, and of those the soname. */
  Comparator<LibraryName> preference() {
    return Comparator.comparing(LibraryName::version, Comparator.reverseOrder())
        .thenComparing(library -> !library.abiFlags().equals(abiFlags))
        .thenComparing(library -> !library.soname());
  }
}
