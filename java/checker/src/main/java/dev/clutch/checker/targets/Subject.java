package dev.clutch.checker.targets;

import dev.clutch.checker.Distribution;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A module to check.
 *
 * @param kind what is known of it
 * @param module its full dotted name
 * @param files its shared objects, one per CPython or machine it was built for; empty unless it is
 *     an extension
 * @param searchPath where it is imported from
 * @param origin the wheel that the search path's first folder was unpacked from
 * @param distribution what it was installed by
 */
public record Subject(
    Kind kind,
    String module,
    List<Path> files,
    List<Path> searchPath,
    Optional<Path> origin,
    Optional<Distribution> distribution) {

  /** What is known of a module before anybody imports it. */
  public enum Kind {
    /** It is an extension module. */
    EXTENSION,
    /** It is a package or module in Python, with extension modules somewhere in it. */
    PACKAGE,
    /** It and its distribution are Python code only. */
    PURE,
    /** It is a name that a CPython may know. */
    NAME,
    /** It is Python code that may do without an extension module that it tries to import. */
    FALLBACK
  }

  /** The same place, another module in Python. */
  Subject inPython(Kind kind, String module) {
    return new Subject(kind, module, List.of(), searchPath, origin, distribution);
  }

  /** The file that a report names so; the reverse of {@link #shown}. */
  public Path file(String shown) {
    return origin
        .map(wheel -> searchPath.get(0).resolve(shown.substring((wheel + "!").length())))
        .orElseGet(() -> Path.of(shown));
  }

  /** How a report names one of its files. */
  public String shown(Path file) {
    return origin
        .map(wheel -> wheel + "!" + searchPath.get(0).relativize(file))
        .orElseGet(file::toString);
  }
}
