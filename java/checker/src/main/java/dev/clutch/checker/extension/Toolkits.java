package dev.clutch.checker.extension;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.fornwall.jelf.ElfSection;

/** Recognises binding toolkits by texts that they leave in what they make. */
final class Toolkits {
  /** They survive stripping. */
  private static final Set<String> SECTIONS = Set.of(".rodata", ".dynstr", ".data");

  /** More than this is data of the module's own, not names. */
  private static final long LARGEST_SECTION = 256L << 20;

  private static final int LONGEST_MARK = 80;

  /**
   * A text that gives a toolkit away.
   *
   * @param text to look for
   * @param version matches from there, with the version as its group; or nothing
   */
  private record Mark(Toolkit.Kind kind, String text, Pattern version) {
    Mark(Toolkit.Kind kind, String text, String version) {
      this(kind, text, Pattern.compile(version));
    }
  }

  private static final List<Mark> MARKS =
      List.of(
          new Mark(Toolkit.Kind.CYTHON, "_cython_", "_cython_(\\d+_\\d+(?:_\\d+\\w*)?)"),
          new Mark(Toolkit.Kind.CYTHON, "cython_runtime", "()"),
          new Mark(Toolkit.Kind.PYBIND11, "__pybind11_internals_v", "()"),
          new Mark(Toolkit.Kind.NANOBIND, "nanobind::", "()"),
          new Mark(Toolkit.Kind.NANOBIND, "nb_internals", "()"),
          new Mark(Toolkit.Kind.PYO3, "/pyo3-", "/pyo3-(\\d+\\.\\d+\\.\\d+[-.\\w]*)/"),
          new Mark(Toolkit.Kind.PYO3, "PyO3 modules", "()"),
          new Mark(Toolkit.Kind.CFFI, "_cffi_backend", "()"));

  private Toolkits() {}

  static List<Toolkit> recognise(List<ElfSection> sections) {
    Map<Toolkit.Kind, String> found = new EnumMap<>(Toolkit.Kind.class);
    for (ElfSection section : sections) {
      if (SECTIONS.contains(section.header.getName()) && section.header.sh_size < LARGEST_SECTION) {
        String text = new String(section.getData(), StandardCharsets.ISO_8859_1);
        MARKS.forEach(mark -> search(text, mark, found));
      }
    }
    return found.entrySet().stream()
        .map(entry -> new Toolkit(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static void search(String text, Mark mark, Map<Toolkit.Kind, String> found) {
    int at = text.indexOf(mark.text);
    while (at >= 0) {
      Matcher matcher =
          mark.version.matcher(text.substring(at, Math.min(text.length(), at + LONGEST_MARK)));
      if (matcher.lookingAt()) {
        String version = matcher.group(1).replace('_', '.');
        found.merge(mark.kind, version, (old, now) -> old.isEmpty() ? now : old);
        return;
      }
      at = text.indexOf(mark.text, at + 1);
    }
  }
}
