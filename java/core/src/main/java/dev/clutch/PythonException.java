package dev.clutch;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A Python exception that was not caught in Python. It is a summary, as PEP 734's {@code
 * ExecutionFailed.excinfo} is: the Python exception object stays in its interpreter.
 *
 * <p>{@link #getStackTrace()} shows the Python frames, innermost first, on top of the Java ones. If
 * the cause of it all was a Java exception thrown by a callback, that one is {@link #getCause()}.
 */
public class PythonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String typeName;
  private final String pythonMessage;
  private final String formattedTraceback;
  private final @Nullable Integer exitStatus;

  /** Made by Clutch, from what the interpreter tells of the exception. */
  PythonException(PythonErrorInfo info, @Nullable Throwable cause) {
    super(info.summary(), cause);
    typeName = info.typeName();
    pythonMessage = info.message();
    formattedTraceback = info.traceback();
    exitStatus = info.exitStatus();
    prepend(info.frames());
  }

  /**
   * The type's qualified name as tracebacks show it: {@code ValueError}, {@code
   * json.JSONDecodeError}.
   */
  public String typeName() {
    return typeName;
  }

  /** {@code str(exception)}, empty if it has no message. */
  public String pythonMessage() {
    return pythonMessage;
  }

  /**
   * The traceback as Python prints it, with chained exceptions, notes, exception groups, and the
   * line and caret of a {@code SyntaxError}. Ends with a line end.
   */
  public String formattedTraceback() {
    return formattedTraceback;
  }

  /**
   * The exit status that {@code python} would end with, if this is a {@code SystemExit}: {@code
   * sys.exit(3)} gives 3, {@code sys.exit()} 0, {@code sys.exit("text")} 1. Empty for every other
   * exception.
   */
  public OptionalInt exitStatus() {
    return exitStatus == null ? OptionalInt.empty() : OptionalInt.of(exitStatus);
  }

  private void prepend(List<StackTraceElement> pythonFrames) {
    StackTraceElement[] java = getStackTrace();
    StackTraceElement[] both = new StackTraceElement[pythonFrames.size() + java.length];
    for (int i = 0; i < pythonFrames.size(); i++) {
      both[i] = pythonFrames.get(i);
    }
    System.arraycopy(java, 0, both, pythonFrames.size(), java.length);
    setStackTrace(both);
  }
}
