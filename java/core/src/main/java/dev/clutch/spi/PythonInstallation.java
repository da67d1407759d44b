package dev.clutch.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A CPython that can be opened.
 *
 * @param version its full version, such as {@code 3.14.3}
 * @param library its libpython
 * @param home the prefix to give as {@code PyConfig.home}; null lets CPython find it from {@code
 *     executable}, as a virtual environment needs
 * @param executable what {@code sys.executable} shall be, and what {@code getpath} starts from;
 *     null if there is none
 * @param preload libraries to open before the libpython, in this order, with local symbols
 * @param origin where it comes from, for people to read, such as {@code bundled}
 */
public record PythonInstallation(
    String version,
    Path library,
    @Nullable Path home,
    @Nullable Path executable,
    List<Path> preload,
    String origin) {
  /** Checks that what must be there is there, and copies the list. */
  public PythonInstallation {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(library, "library");
    Objects.requireNonNull(origin, "origin");
    preload = List.copyOf(preload);
  }

  /** The minor version that the glue is chosen by, such as {@code 3.14}. */
  public String minorVersion() {
    int second = version.indexOf('.', version.indexOf('.') + 1);
    return second < 0 ? version : version.substring(0, second);
  }
}
