package dev.clutch.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The CPython minor versions that the core has glue for. */
final class GlueVersions {
  /** Newest first. */
  static final List<String> MINORS = List.of("3.14", "3.13", "3.12");

  static final String IN_WORDS = "3.12, 3.13 and 3.14";

  private static final PythonVersion OLDEST = new PythonVersion(3, 12, -1, "");

  private GlueVersions() {}

  /** Why Clutch cannot use a CPython of this version, or null if it can. */
  static @Nullable String rejection(PythonVersion version) {
    return MINORS.contains(version.minorVersion())
        ? null
        : "it is CPython " + version + ", and " + need(version);
  }

  /** What Clutch needs instead of a version that has no glue. */
  static String need(PythonVersion version) {
    return version.compareTo(OLDEST) < 0
        ? "Clutch needs 3.12 or later (it has glue for " + IN_WORDS + ")"
        : "this release of Clutch has glue for " + IN_WORDS + " only";
  }
}
