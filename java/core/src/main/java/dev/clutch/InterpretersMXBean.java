package dev.clutch;

import java.util.Map;

/**
 * The interpreters of this process, for whoever watches it from outside. In the maps, the key is
 * {@link Interpreter#id()}; all sizes are in bytes, counted as {@link InterpreterMemory} says.
 *
 * @see InterpreterMetrics
 */
public interface InterpretersMXBean {
  /** How many are open, the main one included, and not those that Python code made. */
  int getCount();

  /** What each has now. */
  Map<Long, Long> getBytes();

  /** The most that each has had. */
  Map<Long, Long> getPeakBytes();

  /** {@link InterpreterConfig#memoryLimit()} of each that has one. */
  Map<Long, Long> getLimitBytes();

  /** {@link InterpreterMemory#kept()}. */
  long getKeptBytes();
}
