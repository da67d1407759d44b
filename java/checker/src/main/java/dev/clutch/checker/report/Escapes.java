package dev.clutch.checker.report;

/** Module names, paths and messages come from what is checked, and may be anything. */
final class Escapes {
  private Escapes() {}

  /** Without line breaks and without what a terminal would obey. */
  static String oneLine(String text) {
    return replaceControls(text.replace('\n', ' ').replace('\t', ' '));
  }

  /** Without characters that XML 1.0 and terminals do not allow; lines stay. */
  static String replaceControls(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(point -> clean.appendCodePoint(isAllowed(point) ? point : 0xFFFD));
    return clean.toString();
  }

  private static boolean isAllowed(int point) {
    if (point == '\n' || point == '\t') {
      return true;
    }
    boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return !Character.isISOControl(point) && !surrogate && point != 0xFFFE && point != 0xFFFF;
  }

  static String html(String text) {
    return replaceControls(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** For a cell of a table, where a bar would end it. */
  static String markdown(String text) {
    return oneLine(text)
        .replace("\\", "\\\\")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|")
        .replace("`", "\\`")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace("@", "&#64;");
  }
}
