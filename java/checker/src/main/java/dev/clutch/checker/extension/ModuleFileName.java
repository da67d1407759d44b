package dev.clutch.checker.extension;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file name of an extension module, such as {@code _struct.cpython-314-x86_64-linux-gnu.so}
 * (PEP 3149): the last part of the module's name, and the ABI it is built for.
 *
 * @param module the last part of the dotted name
 * @param tag what stands between that and the suffix; empty if there is nothing
 * @param suffix {@code so} or {@code pyd}
 */
public record ModuleFileName(String module, String tag, String suffix) {
  private static final Pattern SHAPE =
      Pattern.compile("([^.]+)(?:\\.([^/]+))?\\.(so|pyd)", Pattern.DOTALL);

  private static final Pattern LIBRARY = Pattern.compile("lib.*\\.so|.*\\.so\\.[0-9.]+");

  /** Any CPython 3 without free threading loads these (PEP 384). */
  private static final String STABLE_ABI = "abi3";

  /** Splits it; empty if no module is named so. */
  public static Optional<ModuleFileName> parse(Path file) {
    Matcher matcher = SHAPE.matcher(String.valueOf(file.getFileName()));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String tag = matcher.group(2);
    return Optional.of(
        new ModuleFileName(matcher.group(1), tag == null ? "" : tag, matcher.group(3)));
  }

  /** Whether it is named as a library for other libraries, which nobody imports. */
  public static boolean isLibrary(Path file) {
    return LIBRARY.matcher(String.valueOf(file.getFileName())).matches();
  }

  /**
   * Why a CPython does not load a file of this name; empty if it does.
   *
   * @param python its version, such as {@code 3.14.3}
   */
  public Optional<String> rejection(String python) {
    if (suffix.equals("pyd")) {
      return Optional.of("it is for Windows, by its name");
    }
    if (tag.isEmpty() || tag.equals(STABLE_ABI) || tag.equals(expectedTag(python))) {
      return Optional.empty();
    }
    return Optional.of(
        "its name says " + tag + ", and CPython " + python + " here wants " + expectedTag(python));
  }

  private static String expectedTag(String python) {
    String[] numbers = python.split("\\.", 3);
    return "cpython-" + numbers[0] + numbers[1] + "-" + Machine.here().pythonName() + "-linux-gnu";
  }

  /** Whether it may be an extension module at all, going by its name alone. */
  public static boolean looksNative(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".so") || name.endsWith(".pyd");
  }
}
