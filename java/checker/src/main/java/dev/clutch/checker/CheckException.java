package dev.clutch.checker;

/** The check cannot be done, because of what was asked for; the message says what to do. */
public class CheckException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and what to do about it. */
  public CheckException(String message) {
    super(message);
  }

  /** With what is wrong, what to do about it, and why. */
  public CheckException(String message, Throwable cause) {
    super(message, cause);
  }
}
