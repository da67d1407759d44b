package dev.clutch;

import dev.clutch.StackDump.PythonThread;
import dev.clutch.internal.DaemonThreads;
import dev.clutch.internal.Interrupts;
import dev.clutch.internal.PythonStacks;
import dev.clutch.internal.Uninterruptibly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call of {@link TimeLimited}. */
final class TimedCall<T extends @Nullable Object> implements Runnable {
  /** Code may have so many interrupts, so far apart, to end before its caller gets an answer. */
  private static final int INTERRUPTS = 10;

  private static final long APART_NANOSECONDS = 10_000_000;

  /** So long an interpreter may take to let a thread in before it counts as unresponsive. */
  private static final long RESPONSE_NANOSECONDS = 50_000_000;

  /** And so long its code, after that, until it is taken for one call of C. */
  private static final long BYTECODE_NANOSECONDS = 100_000_000;

  private static final Duration TIME_TO_LOOK = Duration.ofMillis(20);

  private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(10);

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(DaemonThreads.named("clutch-call"));

  private final Interpreter interpreter;
  private final Duration timeout;
  private final Supplier<T> work;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /** Who runs it now; guarded by this. */
  private @Nullable Thread thread;

  /** Guarded by this. */
  private boolean interrupted;

  TimedCall(Interpreter interpreter, Duration timeout, Supplier<T> work) {
    this.interpreter = interpreter;
    this.timeout = timeout;
    this.work = work;
  }

  @Override
  public void run() {
    begin();
    try {
      T value = work.get();
      end();
      result.complete(value);
    } catch (Throwable thrown) { // the caller throws it
      end();
      result.completeExceptionally(thrown);
    }
    interpreter.closeIfUnresponsive(TIME_TO_CLOSE);
  }

  private synchronized void begin() {
    thread = Thread.currentThread();
    if (interrupted) {
      thread.interrupt();
    }
  }

  /** What interrupts it must not hit what the thread runs next. */
  private synchronized void end() {
    thread = null;
    Thread.interrupted();
  }

  T await(long nanoseconds) {
    THREADS.execute(this);
    try {
      return Uninterruptibly.get(result, nanoseconds, this::interrupt);
    } catch (TimeoutException over) {
      return expire();
    } catch (ExecutionException failed) {
      throw thrown(failed);
    }
  }

  /** Ends it, or sees what becomes of it. It may have ended just now, or not have begun. */
  private T expire() {
    for (int i = 0; i < INTERRUPTS; i++) {
      interrupt();
      try {
        return Uninterruptibly.get(result, APART_NANOSECONDS);
      } catch (TimeoutException goesOn) {
        // and gets another one
      } catch (ExecutionException failed) {
        throw failed.getCause() instanceof PythonInterruptedException ended
            ? withCallersFrames(PythonTimeoutException.ended(timeout, ended))
            : thrown(failed);
      }
    }
    throw itGoesOn();
  }

  /** The thread's status makes sure that whatever it comes to next is interrupted, too. */
  private synchronized void interrupt() {
    interrupted = true;
    if (thread != null) {
      thread.interrupt();
      Interrupts.interrupt(thread);
    }
  }

  private PythonTimeoutException itGoesOn() {
    if (responds()) {
      return PythonTimeoutException.goesOn(
          timeout,
          "it was interrupted, and goes on until it has cleaned up, or the C call that it waits in"
              + " returns",
          whereItIs(TIME_TO_LOOK));
    }
    PythonThread where = whereItIs(Duration.ZERO);
    interpreter.becomeUnresponsive(
        "a C call of code that was to end after "
            + timeout
            + " keeps its GIL and cannot be ended"
            + (where == null ? "" : ": " + where.frames().get(0)));
    if (result.isDone()) {
      interpreter.closeIfUnresponsive(TIME_TO_CLOSE); // it ended before it was marked
    }
    return PythonTimeoutException.goesOn(
        timeout, "a C call keeps the GIL; the interpreter will be closed when that returns", where);
  }

  /** Null if it is not in Python, or has ended by now. */
  private @Nullable PythonThread whereItIs(Duration patience) {
    Thread runner = runner();
    if (runner == null) {
      return null;
    }
    try {
      PythonThread found = interpreter.dumpStack(patience).of(runner);
      return runner() == runner ? found : null; // it may run something else already
    } catch (InterpreterException closedOrNoDescriptors) {
      return null;
    }
  }

  private synchronized @Nullable Thread runner() {
    return thread;
  }

  /**
   * Whether a thread gets its GIL, or would if another one that is attached did not do nothing, or
   * one that runs Python code were not so busy.
   */
  private boolean responds() {
    try {
      Uninterruptibly.get(
          CompletableFuture.runAsync(() -> interpreter.get("__name__"), THREADS),
          RESPONSE_NANOSECONDS);
      return true;
    } catch (TimeoutException doesNot) {
      return Interrupts.isKeptByIdleThread(interpreter.handle())
          || PythonStacks.reachesBytecode(interpreter.handle(), BYTECODE_NANOSECONDS);
    } catch (ExecutionException refused) {
      return true;
    }
  }

  private static RuntimeException thrown(ExecutionException failed) {
    Throwable cause = withCallersFrames(Objects.requireNonNull(failed.getCause()));
    if (cause instanceof Error error) {
      throw error;
    }
    return (RuntimeException) cause;
  }

  /** Below those of the thread that ran it. */
  private static <E extends Throwable> E withCallersFrames(E thrown) {
    List<StackTraceElement> frames = new ArrayList<>(List.of(thrown.getStackTrace()));
    Collections.addAll(frames, new Throwable().getStackTrace());
    thrown.setStackTrace(frames.toArray(StackTraceElement[]::new));
    return thrown;
  }
}
