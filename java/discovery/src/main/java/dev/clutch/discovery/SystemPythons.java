package dev.clutch.discovery;

import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonInstallation;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The CPythons installed on this machine. */
final class SystemPythons {
  private record Found(LibPython python, String origin) {
    boolean usable() {
      return python.rejection() == null;
    }

    PythonCandidate candidate() {
      return new PythonCandidate(
          origin, python.file().toString(), python.versionText(), python.rejection());
    }
  }

  /** Usable ones first, the newest of them first. */
  private static final Comparator<Found> BEST_FIRST =
      Comparator.comparing(Found::usable)
          .thenComparing(
              found -> found.python().version(), Comparator.nullsFirst(Comparator.naturalOrder()))
          .reversed();

  private final Map<Path, String> searchPath;

  /** Looks in these folders; the values say who installs there. */
  SystemPythons(Map<Path, String> searchPath) {
    this.searchPath = searchPath;
  }

  /** The newest usable one. */
  Optional<PythonInstallation> newest() {
    return GlueVersions.MINORS.stream().flatMap(minor -> ofMinor(minor).stream()).findFirst();
  }

  /** The newest usable one of a minor version. No other version is looked at. */
  Optional<PythonInstallation> ofMinor(String minor) {
    return find(name -> name.version().minorVersion().equals(minor)).stream()
        .filter(Found::usable)
        .findFirst()
        .map(found -> Installations.of(found.python(), found.origin()));
  }

  List<PythonCandidate> candidates() {
    return find(name -> true).stream().map(Found::candidate).toList();
  }

  /** What was found and where was looked, for a message that nothing fits. */
  String describe() {
    List<Found> all = find(name -> true);
    String looked =
        "Looked in "
            + searchPath.keySet().stream().map(Path::toString).collect(Collectors.joining(", "));
    return all.isEmpty()
        ? looked + " and found no libpython."
        : looked
            + " and found:"
            + all.stream().map(SystemPythons::line).collect(Collectors.joining());
  }

  private static String line(Found found) {
    String rejection = found.python().rejection();
    return "\n  " + found.python().file() + ": " + (rejection == null ? "usable" : rejection);
  }

  private List<Found> find(Predicate<LibraryName> wanted) {
    Map<Path, String> files = new LinkedHashMap<>();
    searchPath.forEach(
        (folder, origin) ->
            Folders.libPythons(folder).stream()
                .filter(file -> wanted.test(LibraryName.require(file)))
                .forEach(file -> files.putIfAbsent(Folders.real(file), origin)));
    return files.entrySet().stream()
        .map(file -> new Found(LibPythonProbe.probe(file.getKey()), file.getValue()))
        .sorted(BEST_FIRST)
        .toList();
  }
}
