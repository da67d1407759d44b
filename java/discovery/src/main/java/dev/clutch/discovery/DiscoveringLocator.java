package dev.clutch.discovery;

import dev.clutch.PythonOptions;
import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonInstallation;
import dev.clutch.spi.PythonLocator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds CPythons on the class path and on the system. Programs need nothing of it. */
public final class DiscoveringLocator implements PythonLocator {
  private static final String SYSTEM = "system";

  private final BundledPythons bundled;
  private final Supplier<Map<Path, String>> searchPath;

  /** For {@link java.util.ServiceLoader}: the class path of this module, and this machine. */
  public DiscoveringLocator() {
    this(DiscoveringLocator.class.getClassLoader(), SearchPath::ofThisMachine);
  }

  DiscoveringLocator(ClassLoader classPath, Supplier<Map<Path, String>> searchPath) {
    this.bundled = new BundledPythons(classPath);
    this.searchPath = searchPath;
  }

  @Override
  public PythonInstallation locate(String selector) {
    if (selector.equals(PythonOptions.BUNDLED)) {
      return newestBundled();
    }
    if (selector.equals(SYSTEM)) {
      return newestInstalled();
    }
    if (GlueVersions.MINORS.contains(selector)) {
      return ofMinor(selector);
    }
    if (PathSelector.isPath(selector)) {
      return PathSelector.locate(selector);
    }
    throw unknown(selector);
  }

  private PythonInstallation newestBundled() {
    return bundled
        .newest()
        .map(BundledPython::install)
        .orElseThrow(
            () ->
                new PythonUnavailableException(
                    "There is no bundled CPython on the class path. "
                        + BundledPythons.howToAdd(GlueVersions.IN_WORDS)
                        + " "
                        + Installations.CHOOSE_ANOTHER));
  }

  private PythonInstallation newestInstalled() {
    SystemPythons system = system();
    return system
        .newest()
        .orElseThrow(
            () ->
                new PythonUnavailableException(
                    "There is no CPython on this system that Clutch can use. "
                        + system.describe()
                        + "\nInstall the shared library of a CPython "
                        + GlueVersions.IN_WORDS
                        + ", or use the bundled one."));
  }

  private PythonInstallation ofMinor(String minor) {
    return bundled
        .ofMinor(minor)
        .map(BundledPython::install)
        .orElseGet(() -> installedOfMinor(minor));
  }

  private PythonInstallation installedOfMinor(String minor) {
    SystemPythons system = system();
    return system
        .ofMinor(minor)
        .orElseThrow(
            () ->
                new PythonUnavailableException(
                    "There is no CPython "
                        + minor
                        + " that Clutch can use, neither on the class path nor on this system. "
                        + BundledPythons.howToAdd(minor)
                        + "\n"
                        + system.describe()));
  }

  private static PythonUnavailableException unknown(String selector) {
    PythonVersion version =
        selector.matches("\\d{1,4}\\.\\d{1,4}.*") ? PythonVersion.parse(selector) : null;
    if (version == null) {
      return new PythonUnavailableException(
          "\"" + selector + "\" names no CPython. " + Installations.CHOOSE_ANOTHER);
    }
    return new PythonUnavailableException(
        "Cannot use CPython "
            + selector
            + ": "
            + (GlueVersions.rejection(version) == null
                ? "a version is chosen as " + version.minorVersion()
                : GlueVersions.need(version))
            + ". "
            + Installations.CHOOSE_ANOTHER);
  }

  @Override
  public void open(PythonInstallation installation) {
    try {
      installation.preload().forEach(DynamicLinker::keepLocal);
      DynamicLinker.keepGlobal(installation.library());
    } catch (UnsatisfiedLinkError e) {
      throw new PythonUnavailableException(
          "The dynamic linker refuses "
              + installation.library()
              + ", or a library it needs: "
              + DynamicLinker.reason(e)
              + ". "
              + Installations.CHOOSE_ANOTHER,
          e);
    }
  }

  @Override
  public List<PythonCandidate> candidates() {
    return Stream.concat(
            bundled.find().map(BundledPython::candidate), system().candidates().stream())
        .toList();
  }

  private SystemPythons system() {
    return new SystemPythons(searchPath.get());
  }
}
