package dev.clutch;

import java.util.ArrayList;
import java.util.List;

/**
 * Python code was ended by {@link Interpreter#interrupt()}, or by {@link Thread#interrupt} of the
 * thread that ran it: {@code clutch.Interrupted} was raised in it and not caught. The thread's
 * interrupt status stays as it was.
 */
public final class PythonInterruptedException extends PythonException {
  private static final long serialVersionUID = 1L;

  private final ArrayList<StackTraceElement> pythonFrames;

  PythonInterruptedException(PythonErrorInfo info) {
    super(info);
    pythonFrames = new ArrayList<>(info.frames());
  }

  /** Without those of Java around them. */
  List<StackTraceElement> pythonFrames() {
    return pythonFrames;
  }
}
