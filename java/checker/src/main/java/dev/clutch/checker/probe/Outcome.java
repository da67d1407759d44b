package dev.clutch.checker.probe;

/** How a probe process ended. */
public enum Outcome {
  /** All went well. */
  OK,
  /** CPython refused an extension module in this kind of interpreter, by an {@code ImportError}. */
  REFUSED,
  /** Python code raised another exception. */
  RAISED,
  /** The process was ended by a signal, or ended itself. */
  CRASHED,
  /** The time was over. */
  HANGED
}
