package dev.clutch.checker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Virtual environments (PEP 405). */
public final class Environments {
  private static final Pattern VERSION =
      Pattern.compile("(?m)^\\s*version(?:_info)?\\s*=\\s*(\\d+\\.\\d+)");

  private Environments() {}

  /** The CPython that an environment is for, such as {@code 3.13}; empty if it is none. */
  public static Optional<String> minorVersion(Path folder) {
    try {
      Path configuration = folder.resolve("pyvenv.cfg");
      Matcher matcher =
          VERSION.matcher(Files.exists(configuration) ? Files.readString(configuration) : "");
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
