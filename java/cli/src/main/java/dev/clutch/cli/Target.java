package dev.clutch.cli;

import java.nio.file.Path;

/**
 * The function that {@code map} calls.
 *
 * @param file the source file
 * @param function its name in that file, dots allowed
 */
record Target(Path file, String function) {
  static Target parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new UserError("FILE:FUNCTION expected, as in count.py:count; got: " + text);
    }
    return new Target(Path.of(text.substring(0, colon)), text.substring(colon + 1));
  }

  /** The name that the file is imported under. */
  String module() {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".py") ? name.substring(0, name.length() - 3) : name;
  }

  Path folder() {
    return SourceFiles.folder(file);
  }

  /** As {@code Interpreter.call} wants it. */
  String callable() {
    return module() + ":" + function;
  }
}
