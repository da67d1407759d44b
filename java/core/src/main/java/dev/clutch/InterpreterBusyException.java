package dev.clutch;

/**
 * The interpreter is in use: {@code run} while another {@code run} is in progress, or {@code close}
 * while code runs in it. The message says what is in the way.
 */
public final class InterpreterBusyException extends InterpreterException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that names the interpreter and what to do. */
  public InterpreterBusyException(String message) {
    super(message);
  }
}
