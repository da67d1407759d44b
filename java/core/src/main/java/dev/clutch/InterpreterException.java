package dev.clutch;

/** Something was asked of an interpreter that its state does not allow. */
public class InterpreterException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that names the interpreter and what to do. */
  public InterpreterException(String message) {
    super(message);
  }
}
