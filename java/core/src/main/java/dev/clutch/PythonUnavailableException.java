package dev.clutch;

/**
 * No CPython could be started: none fits the {@link PythonOptions}, the one that fits cannot be
 * used, or it failed to initialize. The message says what was found and what to do.
 */
public final class PythonUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that says what was found and what to do. */
  public PythonUnavailableException(String message) {
    super(message);
  }

  /** Creates one with the failure underneath. */
  public PythonUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
