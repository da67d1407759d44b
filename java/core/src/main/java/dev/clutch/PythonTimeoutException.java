package dev.clutch;

import dev.clutch.StackDump.Frame;
import dev.clutch.StackDump.PythonThread;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Python code had not ended when its time was over ({@link Interpreter#withTimeout}). It was
 * interrupted; if that did not end it, the message says what becomes of it. {@link
 * #getStackTrace()} and {@link #formattedTraceback()} say where it was, or is.
 */
public final class PythonTimeoutException extends PythonException {
  private static final long serialVersionUID = 1L;

  private final @Nullable StackTraceElement where;

  private PythonTimeoutException(PythonErrorInfo info) {
    super(info);
    where = info.frames().isEmpty() ? null : info.frames().get(0);
  }

  /**
   * The line where the code was interrupted, or, if it has not ended, where it is, such as the one
   * with a C call that keeps the GIL. The message names it too. Empty if it could not be read, or
   * the code had not begun. Of code that has not ended, the module is {@code ?}.
   */
  public Optional<StackTraceElement> where() {
    return Optional.ofNullable(where);
  }

  /** Of code that the interrupt has ended. */
  static PythonTimeoutException ended(Duration timeout, PythonInterruptedException by) {
    PythonTimeoutException made =
        new PythonTimeoutException(
            info(timeout, "it was interrupted", by.formattedTraceback(), by.pythonFrames()));
    made.setStackTrace(by.getStackTrace());
    return made;
  }

  /** Of code that goes on, on that thread. */
  static PythonTimeoutException goesOn(
      Duration timeout, String whatBecomesOfIt, @Nullable PythonThread on) {
    return new PythonTimeoutException(
        info(timeout, whatBecomesOfIt, on == null ? "" : on.toString(), frames(on)));
  }

  private static PythonErrorInfo info(
      Duration timeout, String what, String traceback, List<StackTraceElement> frames) {
    String message = "the code had not ended after " + timeout + "; " + what + describe(frames);
    return new PythonErrorInfo("clutch.Interrupted", message, traceback, frames, null, null);
  }

  private static String describe(List<StackTraceElement> frames) {
    if (frames.isEmpty()) {
      return "";
    }
    StackTraceElement innermost = frames.get(0);
    return " ("
        + new Frame(
            String.valueOf(innermost.getFileName()),
            innermost.getLineNumber(),
            innermost.getMethodName())
        + ")";
  }

  private static List<StackTraceElement> frames(@Nullable PythonThread of) {
    return of == null
        ? List.of()
        : of.frames().stream()
            .map(each -> new StackTraceElement("?", each.function(), each.file(), each.line()))
            .collect(Collectors.toList());
  }
}
