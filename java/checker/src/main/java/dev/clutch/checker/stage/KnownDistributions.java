package dev.clutch.checker.stage;

import dev.clutch.checker.Distribution;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where well-known projects stand, by their own issue trackers; looked up in November 2026. */
final class KnownDistributions {
  private static final String PYO3 =
      "No version can declare it as long as PyO3 cannot: https://github.com/PyO3/pyo3/issues/3451";

  private static final Map<String, String> STANDS =
      Map.of(
          "numpy",
          "No version declares it; the work is tracked in"
              + " https://github.com/numpy/numpy/issues/32451 and 24755",
          "torch",
          "No version declares it: https://github.com/pytorch/pytorch/issues/102517",
          "lz4",
          "Support is being worked on: https://github.com/python-lz4/python-lz4/issues/345",
          "zstd",
          "Versions with https://github.com/sergey-dryabzhinsky/python-zstd/pull/225, of March 2025,"
              + " declare it.",
          "cryptography",
          PYO3,
          "bcrypt",
          PYO3,
          "pydantic-core",
          PYO3,
          "rpds-py",
          PYO3);

  private KnownDistributions() {}

  /** What is known; empty for most. */
  static Optional<String> stand(Distribution distribution) {
    String name = distribution.name().toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
    return Optional.ofNullable(STANDS.get(name));
  }
}
