package dev.clutch;

/**
 * Python code was ended by {@link Interpreter#interrupt()}: {@code clutch.Interrupted} was raised
 * in it and not caught.
 */
public final class PythonInterruptedException extends PythonException {
  private static final long serialVersionUID = 1L;

  PythonInterruptedException(PythonErrorInfo info) {
    super(info);
  }
}
