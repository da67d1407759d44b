package dev.clutch;

import java.util.Objects;

/**
 * Which CPython to start.
 *
 * <p>A <em>selector</em> names it:
 *
 * <table>
 *   <caption>Selectors</caption>
 *   <tr><th>selector</th><th>meaning</th></tr>
 *   <tr><td>{@code bundled}</td><td>the newest CPython on the class path (the default)</td></tr>
 *   <tr><td>{@code 3.12}, {@code 3.13}, {@code 3.14}</td>
 *       <td>that minor version: the bundled one, else one installed on the system</td></tr>
 *   <tr><td>{@code system}</td><td>the newest usable CPython installed on the system</td></tr>
 *   <tr><td>a path</td><td>a libpython, a {@code python3} executable, or the folder of a virtual
 *       environment, whose {@code site-packages} then work in every interpreter</td></tr>
 * </table>
 *
 * <p>Immutable.
 */
public final class PythonOptions {
  /** The system property that holds the selector used when a program names none. */
  public static final String SYSTEM_PROPERTY = "clutch.python";

  /** The environment variable that holds the selector when the system property is not set. */
  public static final String ENVIRONMENT_VARIABLE = "CLUTCH_PYTHON";

  /** The selector of the CPython on the class path. */
  public static final String BUNDLED = "bundled";

  private final String python;

  private PythonOptions(String python) {
    this.python = python;
  }

  /**
   * The options a program gets when it names none: the system property {@value #SYSTEM_PROPERTY},
   * else the environment variable {@value #ENVIRONMENT_VARIABLE}, else {@value #BUNDLED}.
   */
  public static PythonOptions defaults() {
    String selector = System.getProperty(SYSTEM_PROPERTY);
    if (selector == null || selector.isBlank()) {
      selector = System.getenv(ENVIRONMENT_VARIABLE);
    }
    return selector == null || selector.isBlank() ? of(BUNDLED) : of(selector);
  }

  /**
   * Options for the given selector.
   *
   * @throws IllegalArgumentException if {@code selector} is blank
   */
  public static PythonOptions of(String selector) {
    Objects.requireNonNull(selector, "selector");
    if (selector.isBlank()) {
      throw new IllegalArgumentException("the Python selector is blank");
    }
    return new PythonOptions(selector.strip());
  }

  /** The selector. */
  public String python() {
    return python;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PythonOptions options && options.python.equals(python);
  }

  @Override
  public int hashCode() {
    return python.hashCode();
  }

  @Override
  public String toString() {
    return "PythonOptions[python=" + python + "]";
  }
}
