package dev.clutch.checker.targets;

import dev.clutch.checker.CheckException;
import dev.clutch.checker.Distribution;
import dev.clutch.checker.extension.ExtensionFile;
import dev.clutch.checker.extension.ModuleFileName;
import dev.clutch.checker.extension.StaticFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the modules in a folder. */
final class TreeScan {
  private final Path root;
  private final List<Path> searchPath;
  private final Optional<Path> origin;
  private final Distributions distributions;
  private final Map<String, List<Path>> extensions = new TreeMap<>();

  /**
   * A scan.
   *
   * @param root from where names count
   * @param others what else belongs to the search path
   * @param origin the wheel that was unpacked to the root
   */
  TreeScan(Path root, List<Path> others, Optional<Path> origin) {
    this.root = root;
    this.origin = origin;
    this.searchPath =
        Stream.concat(Stream.of(root), others.stream().filter(other -> !other.equals(root)))
            .toList();
    this.distributions = new Distributions(root);
  }

  /** What is in a folder below the root, or in the root itself. */
  List<Subject> subjects(Path start) {
    findExtensions(start);
    List<Subject> subjects = new ArrayList<>();
    outermostPackages().forEach(name -> subjects.add(inPython(Subject.Kind.PACKAGE, name)));
    extensions.forEach((name, files) -> subjects.add(extension(name, files)));
    pureModules(start).forEach(name -> subjects.add(inPython(Subject.Kind.PURE, name)));
    return subjects;
  }

  /** One file that was asked for by its path, whether or not it turns out to be an extension. */
  Subject extensionFile(Path file) {
    String module =
        ModuleFileName.parse(file)
            .flatMap(name -> ModuleNames.name(root, file, name.module()))
            .orElseThrow(
                () ->
                    new CheckException(
                        file + " is not named as a module is. Name one such as name.abi3.so."));
    return extension(module, List.of(file));
  }

  private Subject extension(String name, List<Path> files) {
    return new Subject(
        Subject.Kind.EXTENSION,
        name,
        files.stream().sorted().toList(),
        searchPath,
        origin,
        distributions.of(files.get(0)));
  }

  Subject inPython(Subject.Kind kind, String name) {
    return new Subject(kind, name, List.of(), searchPath, origin, distributions.ofModule(name));
  }

  private void findExtensions(Path start) {
    try (Stream<Path> files = Files.walk(start)) {
      files
          .filter(file -> ModuleFileName.looksNative(file) && Files.isRegularFile(file))
          .forEach(this::addIfExtension);
    } catch (IOException | UncheckedIOException e) {
      throw new CheckException("Cannot read the folder " + start + " (" + e.getMessage() + ").", e);
    }
  }

  private void addIfExtension(Path file) {
    Optional<String> name =
        ModuleFileName.parse(file).flatMap(parts -> ModuleNames.name(root, file, parts.module()));
    if (name.isPresent() && isExtension(file)) {
      extensions.computeIfAbsent(name.get(), key -> new ArrayList<>()).add(file);
    }
  }

  private static boolean isExtension(Path file) {
    try {
      StaticFacts facts = ExtensionFile.read(file);
      return facts.isExtension()
          || (facts.rejection().isPresent() && !ModuleFileName.isLibrary(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> outermostPackages() {
    return extensions.keySet().stream()
        .flatMap(name -> ModuleNames.outermostPackage(root, name).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Set<String> pureModules(Path start) {
    if (!start.equals(root)) {
      return Set.of();
    }
    Set<String> pure = new TreeSet<>(pureDistributions());
    for (String name : topLevelNames()) {
      if (!isNative(name) && distributions.ofModule(name).isEmpty()) {
        pure.add(name);
      }
    }
    return pure;
  }

  private List<String> pureDistributions() {
    List<String> names = new ArrayList<>();
    Set<Distribution> nativeOnes =
        extensions.values().stream()
            .flatMap(files -> distributions.of(files.get(0)).stream())
            .collect(Collectors.toSet());
    distributions
        .topLevels()
        .forEach(
            (distribution, topLevels) -> {
              if (!nativeOnes.contains(distribution)) {
                Distributions.mainModule(distribution, topLevels).ifPresent(names::add);
              }
            });
    return names;
  }

  private boolean isNative(String topLevel) {
    return extensions.keySet().stream()
        .anyMatch(name -> name.equals(topLevel) || name.startsWith(topLevel + "."));
  }

  /** Packages and single modules right in the root. */
  private List<String> topLevelNames() {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(
              entry ->
                  Files.isDirectory(entry)
                      ? ModuleNames.isPackage(entry)
                      : entry.toString().endsWith(".py"))
          .map(entry -> String.valueOf(entry.getFileName()).replaceFirst("\\.py$", ""))
          .filter(ModuleNames::isName)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
