package dev.clutch;

import java.time.Duration;
import java.util.Objects;

/** How long to wait. */
final class Timeouts {
  private Timeouts() {}

  /** At most half of what a long holds, which is as good as more. */
  static long nanoseconds(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a negative timeout: " + timeout);
    }
    try {
      return timeout.toNanos();
    } catch (ArithmeticException centuries) {
      return Long.MAX_VALUE / 2;
    }
  }
}
