package dev.clutch.checker;

import java.util.Locale;

/**
 * Why a finding says what it says. The ids never change their meaning; {@code docs/checker.md}
 * explains each.
 */
public enum Rule {
  /** Declares its own GIL and keeps the promise. */
  OWN_GIL("CLU001", "Declares support for an own GIL, and keeps the promise", Level.NONE),
  /** Nothing native. */
  PURE("CLU002", "No native code", Level.NONE),

  /** Its init function returns a module (PEP 489 calls that single-phase). */
  SINGLE_PHASE("CLU010", "Single-phase initialization", Level.ERROR),
  /** {@code Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED}. */
  NOT_SUPPORTED("CLU011", "Declares that it does not support several interpreters", Level.ERROR),
  /** Without {@code Py_mod_multiple_interpreters}. */
  NO_SLOT("CLU012", "Does not declare what it supports", Level.ERROR),
  /** {@code Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED}. */
  SHARED_SLOT("CLU013", "Declares support for a shared GIL only", Level.ERROR),
  /** Raises in a legacy subinterpreter. */
  LEGACY_FAILS("CLU014", "Does not work in a legacy subinterpreter", Level.ERROR),
  /** Needs another extension that is refused. */
  DEPENDENCY("CLU015", "Imports an extension module that is refused", Level.ERROR),
  /** Declares {@code Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, but does not work so. */
  BROKEN_PROMISE("CLU016", "Declares support for an own GIL, but fails with one", Level.ERROR),
  /** The user's script fails. */
  EXERCISE_FAILS("CLU017", "The exercise script fails", Level.ERROR),
  /** Falls back to Python code. */
  DEGRADED("CLU018", "Falls back to Python code", Level.ERROR),

  /** Ended by a signal. */
  CRASH("CLU020", "Crashes the process", Level.ERROR),
  /** Out of time. */
  HANG("CLU021", "Does not end", Level.ERROR),
  /** Raises in the main interpreter. */
  BROKEN("CLU022", "Does not import in the main interpreter", Level.ERROR),
  /** Other Python, other machine, other system. */
  WRONG_ABI("CLU023", "Built for another Python or machine", Level.ERROR),

  /** Memory lost per interpreter. */
  GROWTH("CLU030", "Loses memory with every interpreter", Level.WARNING),
  /** {@code PyGILState_Ensure} means the main interpreter. */
  GIL_STATE("CLU031", "Uses PyGILState_Ensure", Level.WARNING),
  /** {@code PyTypeObject}s that all interpreters share. */
  STATIC_TYPES("CLU032", "Has static types", Level.WARNING),
  /** Writable global variables that all interpreters share. */
  GLOBAL_DATA("CLU033", "Has writable global data", Level.WARNING),
  /** Another package's fallback. */
  DEPENDENCY_DEGRADED("CLU034", "A package that it imports falls back to Python code", Level.NOTE),
  /** How a binding toolkit stands to subinterpreters. */
  TOOLKIT("CLU035", "Made with a binding toolkit", Level.NOTE),
  /** The extension declares an own GIL, and its state says otherwise. */
  NO_MODULE_STATE("CLU036", "Keeps its state outside of the module", Level.WARNING);

  /** How grave it is, in SARIF's terms. */
  public enum Level {
    /** Nothing is wrong. */
    NONE,
    /** Good to know. */
    NOTE,
    /** May go wrong. */
    WARNING,
    /** Goes wrong. */
    ERROR;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String id;
  private final String title;
  private final Level level;

  Rule(String id, String title, Level level) {
    this.id = id;
    this.title = title;
    this.level = level;
  }

  /** Such as {@code CLU010}. */
  public String id() {
    return id;
  }

  /** What it is about, in a few words. */
  public String title() {
    return title;
  }

  /** How grave it is. */
  public Level level() {
    return level;
  }
}
