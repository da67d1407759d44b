package dev.clutch;

import dev.clutch.internal.Failure;
import java.util.List;
import java.util.Objects;

/** What the public API throws for what the glue refused. */
final class Failures {
  private Failures() {}

  /**
   * An exception for the caller.
   *
   * @param what the attempt, as a verb
   */
  static RuntimeException thrown(Interpreter by, Failure failure, String what) {
    return switch (failure.kind()) {
      case HELD -> Attachment.busy(by, (Long) Objects.requireNonNull(failure.payload()));
      case PYTHON -> pythonException((List<?>) Objects.requireNonNull(failure.payload()));
      case NOT_SHAREABLE -> new NotShareableException(String.valueOf(failure.payload()));
      case BUSY -> new InterpreterBusyException(by + " cannot be closed: " + failure.payload());
      case CLOSED, CLOSING -> new InterpreterClosedException(by + " is closed, or being closed");
      case FAILED -> new InterpreterException(by + ": " + failure.payload());
      case NO_MEMORY -> new InterpreterException("no memory left to " + what + " " + by);
    };
  }

  /** The exception that Python code raised. */
  static PythonException pythonException(List<?> fields) {
    PythonErrorInfo info = PythonErrorInfo.of(fields);
    return info.typeName().equals("clutch.Interrupted")
        ? new PythonInterruptedException(info)
        : new PythonException(info);
  }
}
