package dev.clutch.discovery;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks into folders that may not exist or may not be readable: then they hold nothing. */
final class Folders {
  private Folders() {}

  /** The entries of {@code folder} that match a glob, sorted by name. */
  static List<Path> list(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    found.sort(null);
    return found;
  }

  /** The folders below {@code base} that match a glob per level. */
  static List<Path> glob(Path base, String... levels) {
    Stream<Path> folders = Stream.of(base);
    for (String level : levels) {
      folders = folders.flatMap(folder -> list(folder, level).stream());
    }
    return folders.filter(Files::isDirectory).toList();
  }

  /** The path without symbolic links, and {@code path} itself if it cannot be resolved. */
  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  /** The libpythons in {@code folder}, without the stub of the stable ABI. */
  static List<Path> libPythons(Path folder) {
    return list(folder, "libpython*.so*").stream()
        .filter(file -> LibraryName.of(file) != null)
        .toList();
  }
}
