package dev.clutch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What both {@code run} and {@code map} need of a Python source file. */
final class SourceFiles {
  private SourceFiles() {}

  static void check(Path file) {
    if (!Files.exists(file)) {
      throw new UserError("no such file: " + file);
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UserError("not a file that can be read: " + file);
    }
  }

  /** The folder that {@code sys.path[0]} names: symbolic links to the script are followed. */
  static Path folder(Path file) {
    Path real;
    try {
      real = file.toRealPath();
    } catch (IOException e) {
      real = file.toAbsolutePath();
    }
    Path folder = real.getParent();
    return folder == null ? real : folder;
  }
}
