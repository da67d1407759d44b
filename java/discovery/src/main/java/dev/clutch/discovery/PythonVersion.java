package dev.clutch.discovery;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version such as {@code 3.14.3} or {@code 3.15.0rc1}, in the order of releases.
 *
 * @param micro negative if only the minor version is known
 */
record PythonVersion(int major, int minor, int micro, String preRelease)
    implements Comparable<PythonVersion> {
  private static final Pattern FORMAT =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?((?:a|b|rc)\\d+)?");

  /** A final release comes after its pre-releases, whose names sort as they were made. */
  private static final Comparator<PythonVersion> ORDER =
      Comparator.comparingInt(PythonVersion::major)
          .thenComparingInt(PythonVersion::minor)
          .thenComparingInt(PythonVersion::micro)
          .thenComparing(version -> version.preRelease().isEmpty())
          .thenComparing(PythonVersion::preRelease);

  /** The version that {@code text} starts with, or null if it starts with none. */
  static @Nullable PythonVersion parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    return matcher.lookingAt()
        ? new PythonVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            matcher.group(3) == null ? -1 : Integer.parseInt(matcher.group(3)),
            matcher.group(4) == null ? "" : matcher.group(4))
        : null;
  }

  String minorVersion() {
    return major + "." + minor;
  }

  @Override
  public int compareTo(PythonVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return micro < 0 ? minorVersion() : minorVersion() + "." + micro + preRelease;
  }
}
