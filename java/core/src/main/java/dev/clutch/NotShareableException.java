package dev.clutch;

/**
 * A value cannot cross between Java and Python. The message names the path to it, such as {@code
 * args[0]["b"][3]}, its type, and what can cross instead.
 */
public class NotShareableException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that names the path to the value. */
  public NotShareableException(String message) {
    super(message);
  }
}
