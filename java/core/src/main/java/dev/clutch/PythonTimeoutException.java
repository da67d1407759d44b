package dev.clutch;

import java.time.Duration;
import java.util.List;

/**
 * Python code had not ended when its time was over ({@link Interpreter#withTimeout}). It was
 * interrupted; if that ended it, {@link #getStackTrace()} and {@link #formattedTraceback()} say
 * where it was, and otherwise the message says what becomes of it.
 */
public final class PythonTimeoutException extends PythonException {
  private static final long serialVersionUID = 1L;

  private PythonTimeoutException(PythonErrorInfo info) {
    super(info);
  }

  /** Of code that the interrupt has ended. */
  static PythonTimeoutException ended(Duration timeout, PythonInterruptedException by) {
    PythonTimeoutException made =
        new PythonTimeoutException(info(timeout, "it was interrupted", by.formattedTraceback()));
    made.setStackTrace(by.getStackTrace());
    return made;
  }

  /** Of code that goes on. */
  static PythonTimeoutException goesOn(Duration timeout, String whatBecomesOfIt) {
    return new PythonTimeoutException(info(timeout, whatBecomesOfIt, ""));
  }

  private static PythonErrorInfo info(Duration timeout, String what, String traceback) {
    String message = "the code had not ended after " + timeout + "; " + what;
    return new PythonErrorInfo("clutch.Interrupted", message, traceback, List.of(), null, null);
  }
}
