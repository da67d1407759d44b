package dev.clutch.checker.targets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns paths into dotted names, and finds the folder from which they count. */
final class ModuleNames {
  private static final Pattern DOTTED_NAME =
      Pattern.compile(
          "[\\p{L}_][\\p{L}\\p{N}_]*(?:\\.[\\p{L}_][\\p{L}\\p{N}_]*)*",
          Pattern.UNICODE_CHARACTER_CLASS);

  private ModuleNames() {}

  static boolean isName(String text) {
    return DOTTED_NAME.matcher(text).matches();
  }

  /** The name of what lies at a path below the root; empty if nobody can import from there. */
  static Optional<String> name(Path root, Path file, String module) {
    List<String> parts = new ArrayList<>();
    root.relativize(file).forEach(part -> parts.add(part.toString()));
    parts.set(parts.size() - 1, module);
    String name = String.join(".", parts);
    boolean importable = parts.stream().noneMatch(part -> part.contains(".")) && isName(name);
    return importable ? Optional.of(name) : Optional.empty();
  }

  static boolean isPackage(Path folder) {
    return Files.isRegularFile(folder.resolve("__init__.py"));
  }

  /**
   * The folder that must be in {@code sys.path} for something in {@code folder} to have its full
   * name: the one that things are installed to, so that packages without {@code __init__.py} (PEP
   * 420) count as such, else the first that is no package.
   */
  static Path root(Path folder) {
    for (Path above = folder; above != null; above = above.getParent()) {
      if (isInstallationFolder(above)) {
        return above;
      }
    }
    Path root = folder;
    while (isPackage(root) && root.getParent() != null) {
      root = root.getParent();
    }
    return root;
  }

  /** The same for a file. */
  static Path rootOf(Path file) {
    Path folder = file.getParent();
    return folder == null ? file : root(folder);
  }

  private static boolean isInstallationFolder(Path folder) {
    String name = String.valueOf(folder.getFileName());
    return name.equals("site-packages")
        || name.equals("dist-packages")
        || name.equals("lib-dynload")
        || MetadataFolder.anyIn(folder);
  }

  /** The outermost package with an {@code __init__.py} around a module, if there is one. */
  static Optional<String> outermostPackage(Path root, String module) {
    Path folder = root;
    StringBuilder name = new StringBuilder();
    String[] parts = module.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      folder = folder.resolve(parts[i]);
      name.append(i == 0 ? "" : ".").append(parts[i]);
      if (isPackage(folder)) {
        return Optional.of(name.toString());
      }
    }
    return Optional.empty();
  }
}
