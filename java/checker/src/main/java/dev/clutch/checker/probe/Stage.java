package dev.clutch.checker.probe;

/** What a probe process does with a module. */
public enum Stage {
  /** Imports it in the main interpreter, and reads the definitions of what that loaded. */
  MAIN,
  /** Imports it in one interpreter with its own GIL (PEP 684). */
  OWN,
  /** Imports it in one that shares the main interpreter's GIL. */
  LEGACY,
  /** Imports it in an interpreter with its own GIL, closes that, and does the same in a new one. */
  AGAIN,
  /** Imports it in several interpreters with their own GILs at once, each round in new ones. */
  PARALLEL
}
