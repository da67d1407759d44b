package dev.clutch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Interpreter} whose calls end after a time ({@link Interpreter#withTimeout}). Each runs
 * on a thread of Clutch's own, while the calling thread, which may be a virtual one, waits.
 *
 * <p>When the time is over the code is interrupted, as by {@link Interpreter#interrupt()}, but no
 * other code in the interpreter is; and a quarter of a second later at the latest the caller gets a
 * {@link PythonTimeoutException}. Code that has not ended by then, because it cleans up or waits in
 * a C call, goes on to its end on Clutch's thread, and others may use the interpreter meanwhile.
 *
 * <p>If they cannot, because a C call keeps the GIL, the interpreter is <em>unresponsive</em>:
 * every use of it fails with an {@link InterpreterBusyException} that says so, and it is closed by
 * itself when the C call returns.
 *
 * <p>Interrupting the calling thread interrupts the code too; the thread's status stays set. All
 * methods throw {@link PythonTimeoutException}, and what the method of the same name in {@link
 * Interpreter} does.
 */
public final class TimeLimited {
  private final Interpreter interpreter;
  private final Duration timeout;
  private final long nanoseconds;

  TimeLimited(Interpreter interpreter, Duration timeout) {
    this.interpreter = interpreter;
    this.timeout = timeout;
    this.nanoseconds = Timeouts.nanoseconds(timeout);
  }

  /** As {@link Interpreter#run(String)}. */
  public void run(String source) {
    supply(
        () -> {
          interpreter.run(source);
          return null;
        });
  }

  /** As {@link Interpreter#run(Path)}. */
  public void run(Path file) {
    supply(
        () -> {
          interpreter.run(file);
          return null;
        });
  }

  /** As {@link Interpreter#eval(String)}. */
  public @Nullable Object eval(String expression) {
    return supply(() -> interpreter.eval(expression));
  }

  /** As {@link Interpreter#eval(String, Class)}. */
  public <T> T eval(String expression, Class<T> type) {
    return supply(() -> interpreter.eval(expression, type));
  }

  /** As {@link Interpreter#eval(String, TypeToken)}. */
  public <T> T eval(String expression, TypeToken<T> type) {
    return supply(() -> interpreter.eval(expression, type));
  }

  /** As {@link Interpreter#call(String, Object...)}. */
  public @Nullable Object call(String function, @Nullable Object... args) {
    return supply(() -> interpreter.call(function, args));
  }

  /** As {@link Interpreter#callAs(Class, String, Object...)}. */
  public <T> T callAs(Class<T> type, String function, @Nullable Object... args) {
    return supply(() -> interpreter.callAs(type, function, args));
  }

  /** As {@link Interpreter#callAs(TypeToken, String, Object...)}. */
  public <T> T callAs(TypeToken<T> type, String function, @Nullable Object... args) {
    return supply(() -> interpreter.callAs(type, function, args));
  }

  /**
   * Anything else that uses the interpreter, such as a call of a {@link PyFunction} of its.
   *
   * @param work runs on Clutch's thread; what it throws is thrown
   */
  public <T extends @Nullable Object> T supply(Supplier<T> work) {
    interpreter.usableHandle();
    Attachment.refuseWhenAttached(interpreter, "used with a timeout");
    return new TimedCall<>(interpreter, timeout, work).await(nanoseconds);
  }
}
