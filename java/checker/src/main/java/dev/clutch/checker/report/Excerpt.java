package dev.clutch.checker.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The part of a piece of evidence that fits a terminal. */
final class Excerpt {
  /** Of each stack, of the traceback and of the output. */
  private static final int MOST = 12;

  /** The folder in a C frame, {@code /lib/libc.so.6(abort+0x1f)}. */
  private static final Pattern FOLDER = Pattern.compile("^(\\s*)/(?:[^(]*/)?(?=[^/(]+\\()");

  private static final String INDENT = "  ";

  private final List<String> shown = new ArrayList<>();
  private final List<String> section = new ArrayList<>();

  private Excerpt() {}

  /** Its lines. A stack loses its outermost frames, and all else the lines before the last. */
  static List<String> of(String detail) {
    Excerpt excerpt = new Excerpt();
    for (String line : detail.lines().toList()) {
      if (isTitle(line)) {
        excerpt.endSection();
      }
      excerpt.section.add(line);
    }
    excerpt.endSection();
    return excerpt.shown;
  }

  private static boolean isTitle(String line) {
    return isStack(line) || line.equals("Output:");
  }

  private static boolean isStack(String line) {
    return line.equals("C stack:") || line.equals("Python stack:");
  }

  private void endSection() {
    if (section.isEmpty()) {
      return;
    }
    boolean titled = isTitle(section.get(0));
    if (titled) {
      shown.add(section.get(0));
    }
    List<String> lines = section.subList(titled ? 1 : 0, section.size());
    if (isStack(section.get(0))) {
      addFirst(lines.stream().map(line -> FOLDER.matcher(line).replaceFirst("$1")).toList());
    } else {
      addLast(lines);
    }
    section.clear();
  }

  private void addFirst(List<String> lines) {
    shown.addAll(lines.subList(0, Math.min(MOST, lines.size())));
    addCount(lines.size() - MOST);
  }

  private void addLast(List<String> lines) {
    addCount(lines.size() - MOST);
    shown.addAll(lines.subList(Math.max(0, lines.size() - MOST), lines.size()));
  }

  private void addCount(int more) {
    if (more > 0) {
      shown.add(INDENT + "... " + more + " more");
    }
  }
}
