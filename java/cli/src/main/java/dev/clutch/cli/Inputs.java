package dev.clutch.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the INPUT arguments of {@code map} into one string per call. */
final class Inputs {
  private static final String STDIN = "-";

  private final @Nullable String glob;
  private final InputStream stdin;

  Inputs(@Nullable String glob, InputStream stdin) {
    this.glob = glob;
    this.stdin = stdin;
  }

  List<String> collect(List<String> arguments) {
    List<String> given = arguments.isEmpty() ? List.of(STDIN) : arguments;
    return given.stream().flatMap(this::expand).toList();
  }

  private Stream<String> expand(String argument) {
    if (argument.equals(STDIN)) {
      return lines().stream();
    }
    Path path = Path.of(argument);
    if (!Files.exists(path)) {
      throw new UserError("no such file: " + argument);
    }
    return Files.isDirectory(path) ? below(path) : Stream.of(argument);
  }

  private List<String> lines() {
    // A decoder, unlike a charset, refuses what it cannot decode instead of replacing it.
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    try {
      return new BufferedReader(new InputStreamReader(stdin, decoder)).lines().toList();
    } catch (UncheckedIOException e) {
      throw new UserError("standard input cannot be read as UTF-8 text: " + e.getCause());
    }
  }

  private Stream<String> below(Path folder) {
    if (glob == null) {
      throw new UserError(folder + " is a folder; say which files below it with --glob '*.py'");
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    boolean wholePath = glob.contains("/");
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(Files::isRegularFile)
          .filter(path -> matcher.matches(wholePath ? folder.relativize(path) : name(path)))
          .map(Path::toString)
          .sorted()
          .toList()
          .stream();
    } catch (IOException | UncheckedIOException e) {
      throw new UserError("not all of " + folder + " can be read: " + e.getMessage());
    }
  }

  private static Path name(Path path) {
    Path name = path.getFileName();
    return name == null ? path : name;
  }
}
