package dev.clutch.checker.targets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds Python code that seems to do without an extension module when that is refused: it names it
 * and catches {@code ImportError}. Only asking shows whether it does.
 */
public final class Fallbacks {
  private static final int MOST = 3;
  private static final int MOST_FILES = 5_000;
  private static final long LARGEST_FILE = 1 << 20;

  private static final Pattern CATCHES =
      Pattern.compile("except\\b[^:\\n]*(?:ImportError|ModuleNotFoundError|Exception\\b)");

  private Fallbacks() {}

  /** A few modules that are worth asking about. */
  public static List<Subject> around(Subject extension) {
    String[] parts = extension.module().split("\\.", -1);
    Path root = extension.searchPath().isEmpty() ? null : extension.searchPath().get(0);
    if (root == null || extension.files().isEmpty()) {
      return List.of();
    }
    Path region = parts.length == 1 ? root : root.resolve(parts[0]);
    Pattern names = Pattern.compile("\\b" + Pattern.quote(parts[parts.length - 1]) + "\\b");
    try (Stream<Path> files = Files.walk(region, parts.length == 1 ? 1 : Integer.MAX_VALUE)) {
      return files
          .filter(file -> file.toString().endsWith(".py"))
          .limit(MOST_FILES)
          .filter(file -> mayFallBack(file, names))
          .flatMap(file -> moduleName(root, file).stream())
          .limit(MOST)
          .map(name -> extension.inPython(Subject.Kind.FALLBACK, name))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      // What cannot be read cannot be imported either.
      return List.of();
    }
  }

  private static boolean mayFallBack(Path file, Pattern names) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        return false;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return names.matcher(text).find() && CATCHES.matcher(text).find();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> moduleName(Path root, Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.py$", "");
    Path folder = file.getParent();
    if (!name.equals("__init__") || folder == null) {
      return ModuleNames.name(root, file, name);
    }
    return folder.equals(root)
        ? Optional.empty()
        : ModuleNames.name(root, folder, String.valueOf(folder.getFileName()));
  }
}
