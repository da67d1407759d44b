package dev.clutch;

import dev.clutch.internal.Interrupts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call of {@link TimeLimited}. */
final class TimedCall<T extends @Nullable Object> implements Runnable {
  /** Code may have so many interrupts, so far apart, to end before its caller gets an answer. */
  private static final int INTERRUPTS = 10;

  private static final long APART_MS = 10;

  /** So long an interpreter may take to let a thread in before it counts as unresponsive. */
  private static final long RESPONSE_MS = 50;

  private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(10);

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "clutch-call");
            thread.setDaemon(true);
            return thread;
          });

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
    boolean callerInterrupted = false;
    long deadline = System.nanoTime() + nanoseconds;
    try {
      while (true) {
        try {
          return result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException forTheCode) {
          callerInterrupted = true;
          interrupt();
        }
      }
    } catch (TimeoutException over) {
      return expire();
    } catch (ExecutionException failed) {
      throw thrown(failed);
    } finally {
      if (callerInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends it, or sees what becomes of it. It may have ended just now, or not have begun. */
  private T expire() {
    for (int i = 0; i < INTERRUPTS; i++) {
      interrupt();
      try {
        return uninterruptibly(result, APART_MS);
      } catch (TimeoutException goesOn) {
        // and gets another one
      } catch (ExecutionException failed) {
        throw failed.getCause() instanceof PythonInterruptedException ended
            ? withCallersFrames(PythonTimeoutException.ended(timeout, ended))
            : thrown(failed);
      }
    }
    throw PythonTimeoutException.goesOn(timeout, whatBecomesOfIt());
  }

  /** The thread's status makes sure that whatever it comes to next is interrupted, too. */
  private synchronized void interrupt() {
    interrupted = true;
    if (thread != null) {
      thread.interrupt();
      Interrupts.interrupt(thread);
    }
  }

  private String whatBecomesOfIt() {
    if (responds()) {
      return "it was interrupted, and goes on until it has cleaned up, or the C call that it waits in"
          + " returns";
    }
    String reason =
        "a C call of code that was to end after " + timeout + " keeps its GIL and cannot be ended";
    interpreter.becomeUnresponsive(reason);
    if (result.isDone()) {
      interpreter.closeIfUnresponsive(TIME_TO_CLOSE); // it ended before it was marked
    }
    return "a C call keeps the GIL; the interpreter will be closed when that returns";
  }

  /** Whether a thread gets its GIL, or would if another one that is attached did not do nothing. */
  private boolean responds() {
    try {
      uninterruptibly(
          CompletableFuture.runAsync(() -> interpreter.get("__name__"), THREADS), RESPONSE_MS);
      return true;
    } catch (TimeoutException doesNot) {
      return Interrupts.isKeptByIdleThread(interpreter.handle());
    } catch (ExecutionException refused) {
      return true;
    }
  }

  private static <T extends @Nullable Object> T uninterruptibly(
      CompletableFuture<T> future, long milliseconds) throws TimeoutException, ExecutionException {
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    try {
      while (true) {
        try {
          return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
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
