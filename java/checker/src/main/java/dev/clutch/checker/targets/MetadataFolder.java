package dev.clutch.checker.targets;

import dev.clutch.checker.Distribution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A {@code *.dist-info} or {@code *.egg-info}, which says what is installed beside it.
 *
 * @see <a
 *     href="https://packaging.python.org/en/latest/specifications/recording-installed-packages/">
 *     Recording installed projects</a>
 */
final class MetadataFolder {
  private static final String GLOB = "*.{dist-info,egg-info}";

  private final Path path;

  private MetadataFolder(Path path) {
    this.path = path;
  }

  static boolean anyIn(Path folder) {
    return !in(folder).isEmpty();
  }

  /** All of them; none if the folder cannot be read. */
  static List<MetadataFolder> in(Path folder) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, GLOB)) {
      return StreamSupport.stream(found.spliterator(), false)
          .sorted()
          .map(MetadataFolder::new)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Name and version; empty if there is no metadata that says them. */
  Optional<Distribution> distribution() {
    // An egg-info may be a file, which is then the metadata itself.
    List<Path> places = List.of(path.resolve("METADATA"), path.resolve("PKG-INFO"), path);
    return places.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .map(MetadataFolder::lines)
        .flatMap(
            lines ->
                header(lines, "Name")
                    .map(name -> new Distribution(name, header(lines, "Version").orElse(""))));
  }

  private static Optional<String> header(List<String> lines, String name) {
    String start = name + ":";
    return lines.stream()
        .takeWhile(line -> !line.isEmpty())
        .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
        .map(line -> line.substring(start.length()).strip())
        .findFirst();
  }

  /** Installed files, with slashes, relative to the folder that this one is in. */
  List<String> files() {
    List<String> record = lines(path.resolve("RECORD"));
    if (!record.isEmpty()) {
      return record.stream().map(MetadataFolder::firstField).toList();
    }
    return lines(path.resolve("top_level.txt")).stream().map(String::strip).toList();
  }

  /** RECORD is CSV, and a path with a comma is in quotation marks. */
  private static String firstField(String line) {
    if (line.startsWith("\"")) {
      int end = line.indexOf('"', 1);
      return end < 0 ? line : line.substring(1, end);
    }
    int end = line.indexOf(',');
    return end < 0 ? line : line.substring(0, end);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isRegularFile(file)
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
