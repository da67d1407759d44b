package dev.clutch.checker.probe;

import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonInstallation;
import dev.clutch.spi.PythonLocator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Which CPython an {@link InstalledProbe} asks.
 *
 * @param version its full version, such as {@code 3.14.3}
 * @param library its libpython
 * @param home its prefix, as {@code PyConfig.home}; without one CPython finds it by the executable
 * @param executable as {@code PyConfig.executable}; that of a virtual environment leads to its
 *     packages
 * @param preload libraries to open before the libpython
 * @param libraryPath folders for the dynamic linker to look into before those of this process's
 *     {@code LD_LIBRARY_PATH}, as extension modules may need
 */
public record ProbeOptions(
    String version,
    Path library,
    Optional<Path> home,
    Optional<Path> executable,
    List<Path> preload,
    List<Path> libraryPath) {

  /** Copies the lists. */
  public ProbeOptions {
    preload = List.copyOf(preload);
    libraryPath = List.copyOf(libraryPath);
  }

  /**
   * The CPython that a selector names: {@code bundled}, {@code system}, {@code 3.12}, {@code 3.13},
   * {@code 3.14}, or the path of an executable, a libpython or a virtual environment.
   *
   * @throws PythonUnavailableException if there is none, or it cannot be used
   */
  public static ProbeOptions of(String selector) {
    PythonInstallation installation = locator().locate(selector);
    return new ProbeOptions(
        installation.version(),
        installation.library(),
        Optional.ofNullable(installation.home()),
        Optional.ofNullable(installation.executable()),
        installation.preload(),
        List.of());
  }

  private static PythonLocator locator() {
    return ServiceLoader.load(PythonLocator.class, PythonLocator.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new PythonUnavailableException(
                    "Nothing on the class path finds CPythons; add dev.clutch:clutch-discovery"));
  }

  /** The same, with other folders for the dynamic linker. */
  public ProbeOptions withLibraryPath(List<Path> folders) {
    return new ProbeOptions(version, library, home, executable, preload, folders);
  }

  /** Such as {@code 3.14}. */
  String minorVersion() {
    String[] parts = version.split("\\.", -1);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }
}
