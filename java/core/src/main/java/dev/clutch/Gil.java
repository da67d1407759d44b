package dev.clutch;

/** Whose global interpreter lock an interpreter runs under: {@code PyInterpreterConfig.gil}. */
public enum Gil {
  /** {@code PyInterpreterConfig_DEFAULT_GIL}: what CPython takes by default, which is shared. */
  DEFAULT,
  /** {@code PyInterpreterConfig_SHARED_GIL}: the main interpreter's. */
  SHARED,
  /** {@code PyInterpreterConfig_OWN_GIL}: its own (PEP 684), so it runs in parallel with others. */
  OWN
}
