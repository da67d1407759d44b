package dev.clutch.checker.targets;

import dev.clutch.checker.Distribution;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which distribution each file and each top-level module in a folder belongs to. */
final class Distributions {
  private final Path root;
  private final Map<String, Distribution> byFile = new HashMap<>();
  private final Map<String, Distribution> byTopLevel = new HashMap<>();
  private final Map<Distribution, Set<String>> topLevels = new LinkedHashMap<>();

  Distributions(Path root) {
    this.root = root;
    for (MetadataFolder metadata : MetadataFolder.in(root)) {
      metadata.distribution().ifPresent(distribution -> add(distribution, metadata));
    }
  }

  private void add(Distribution distribution, MetadataFolder metadata) {
    Set<String> names = topLevels.computeIfAbsent(distribution, key -> new LinkedHashSet<>());
    for (String file : metadata.files()) {
      byFile.putIfAbsent(file, distribution);
      topLevelModule(file)
          .ifPresent(
              name -> {
                names.add(name);
                byTopLevel.putIfAbsent(name, distribution);
              });
    }
    byTopLevel.putIfAbsent(importableName(distribution), distribution);
  }

  /** The name that {@code import} would know the first part of a path by. */
  private static Optional<String> topLevelModule(String file) {
    String first = file.split("/", 2)[0];
    if (!file.contains("/")) {
      first = first.replaceFirst("\\..*", "");
    }
    return ModuleNames.isName(first) && !first.equals("__pycache__")
        ? Optional.of(first)
        : Optional.empty();
  }

  private static String importableName(Distribution distribution) {
    return distribution.name().replace('-', '_');
  }

  /** What installed a file below the root. */
  Optional<Distribution> of(Path file) {
    String relative = root.relativize(file).toString();
    return Optional.ofNullable(byFile.get(relative))
        .or(() -> topLevelModule(relative).flatMap(this::ofModule));
  }

  /** What installed a module. */
  Optional<Distribution> ofModule(String name) {
    return Optional.ofNullable(byTopLevel.get(name.split("\\.", 2)[0]));
  }

  /** All of them, with the names of their top-level modules. */
  Map<Distribution, Set<String>> topLevels() {
    return topLevels;
  }

  /** The name that stands for a distribution: its own if a module has it, else the first. */
  static Optional<String> mainModule(Distribution distribution, Set<String> topLevels) {
    String own = importableName(distribution);
    return topLevels.stream()
        .filter(name -> name.equalsIgnoreCase(own))
        .findFirst()
        .or(() -> topLevels.stream().findFirst());
  }
}
