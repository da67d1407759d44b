package dev.clutch;

/**
 * Python code was ended by {@link Interpreter#interrupt()}, or by {@link Thread#interrupt} of the
 * thread that ran it: {@code clutch.Interrupted} was raised in it and not caught. The thread's
 * interrupt status stays as it was.
 */
public final class PythonInterruptedException extends PythonException {
  private static final long serialVersionUID = 1L;

  PythonInterruptedException(PythonErrorInfo info) {
    super(info);
  }
}
