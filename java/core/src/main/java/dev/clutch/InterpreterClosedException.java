package dev.clutch;

/** The interpreter was closed before, or is being closed. */
public final class InterpreterClosedException extends InterpreterException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that names the interpreter and what to do. */
  public InterpreterClosedException(String message) {
    super(message);
  }
}
