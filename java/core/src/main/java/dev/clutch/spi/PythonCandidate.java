package dev.clutch.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A CPython that was found, whether or not it can be used.
 *
 * @param origin where it comes from, for people to read: {@code bundled}, or how it was found
 * @param location its libpython, or the jar that holds it
 * @param version its version as far as known, else {@code unknown}
 * @param rejection why it cannot be used, and null if it can
 */
public record PythonCandidate(
    String origin, String location, String version, @Nullable String rejection) {
  /** Checks that what must be there is there. */
  public PythonCandidate {
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(location, "location");
    Objects.requireNonNull(version, "version");
  }

  /** Whether a selector can choose it. */
  public boolean usable() {
    return rejection == null;
  }
}
