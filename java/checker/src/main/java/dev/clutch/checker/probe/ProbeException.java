package dev.clutch.checker.probe;

/**
 * The probe itself could not do its work: the check cannot be done, whatever the module is like.
 */
public class ProbeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was wrong and what to do about it. */
  public ProbeException(String message) {
    super(message);
  }

  /** With what was wrong, what to do about it, and why. */
  public ProbeException(String message, Throwable cause) {
    super(message, cause);
  }
}
