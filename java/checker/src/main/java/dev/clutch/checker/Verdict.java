package dev.clutch.checker;

/** Whether a module can live in an interpreter with its own GIL, on one CPython. */
public enum Verdict {
  /** It says so, and does: once, again after the interpreter closed, and in several at once. */
  OWN_GIL("works in interpreters with their own GIL"),
  /** A package without native code: nothing in it can be unsafe in C. */
  PURE("has no native code"),
  /** Works in an interpreter that shares the main interpreter's GIL, and in no other. */
  SHARED_GIL("needs an interpreter that shares the main GIL"),
  /** The main interpreter is the only one that its author made it for. */
  MAIN_ONLY("is made for the main interpreter only"),
  /** A package that works, but does without its extension, and so usually slower. */
  DEGRADED("works, but without its extension"),
  /** Takes the process with it. */
  CRASHES("crashes the process"),
  /** Does not come back. */
  HANGS("hangs"),
  /** Does not import in the main interpreter either. */
  BROKEN("does not import in the main interpreter either"),
  /** Built for another Python or another machine. */
  WRONG_ABI("is built for another Python or machine");

  private final String meaning;

  Verdict(String meaning) {
    this.meaning = meaning;
  }

  /** Whether a program may rely on it in interpreters with their own GIL. */
  public boolean isSafe() {
    return this == OWN_GIL || this == PURE;
  }

  /** What it says of a module, to follow the module's name. */
  public String meaning() {
    return meaning;
  }
}
