package dev.clutch;

import dev.clutch.internal.NativeCallback;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A Python exception that was not caught in Python. It is a summary, as PEP 734's {@code
 * ExecutionFailed.excinfo} is: the Python exception object stays in its interpreter.
 *
 * <p>{@link #getStackTrace()} shows the Python frames, innermost first, on top of the Java ones. If
 * the cause of it all was a Java exception thrown by a callback, that one is {@link #getCause()},
 * and the callback's frames are on top of all.
 */
public class PythonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String typeName;
  private final String pythonMessage;
  private final String formattedTraceback;
  private final @Nullable Integer exitStatus;

  /** Made by Clutch, from what the interpreter tells of the exception. */
  PythonException(PythonErrorInfo info) {
    super(info.summary(), info.cause());
    typeName = info.typeName();
    pythonMessage = info.message();
    formattedTraceback = info.traceback();
    exitStatus = info.exitStatus();
    setStackTrace(interleaved(info));
  }

  /**
   * The type's qualified name as tracebacks show it: {@code ValueError}, {@code
   * json.decoder.JSONDecodeError}.
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

  /**
   * From the innermost frame out: the Java frames of the callback that threw, the Python frames
   * that called it, and the Java frames that called those.
   */
  private StackTraceElement[] interleaved(PythonErrorInfo info) {
    List<StackTraceElement> all = new ArrayList<>();
    if (info.cause() != null) {
      all.addAll(insideCallback(info.cause().getStackTrace()));
    }
    all.addAll(info.frames());
    all.addAll(Arrays.asList(getStackTrace()));
    return all.toArray(StackTraceElement[]::new);
  }

  /** Below it is what called Python, which this exception's own trace has too. */
  private static List<StackTraceElement> insideCallback(StackTraceElement[] trace) {
    for (int i = 0; i < trace.length; i++) {
      if (trace[i].getClassName().equals(NativeCallback.class.getName())) {
        return Arrays.asList(trace).subList(0, i);
      }
    }
    return List.of(); // not thrown in a callback: say, made earlier, or by another thread
  }
}
