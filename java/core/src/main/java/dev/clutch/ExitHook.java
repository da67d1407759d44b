package dev.clutch;

import dev.clutch.internal.DaemonThreads;
import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What happens at JVM exit: the interpreters still open flush and run their {@code atexit}
 * functions. CPython is not finalized, for that ends in an abort while threads are still in it; and
 * an interpreter that does not answer holds up neither the exit for long nor the other ones at all.
 */
final class ExitHook {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  /** For all interpreters together. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private ExitHook() {}

  static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(ExitHook::run, "clutch-exit"));
  }

  private static void run() {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    List<Thread> workers = InterpreterRegistry.ours().stream().map(ExitHook::start).toList();
    try {
      for (Thread worker : workers) {
        // At least a moment: 0 would wait for ever.
        worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A daemon thread, which may be left behind inside Python. */
  private static Thread start(Interpreter interpreter) {
    return DaemonThreads.start("clutch-exit-" + interpreter.id(), () -> prepare(interpreter));
  }

  private static void prepare(Interpreter interpreter) {
    try {
      Execution.prepareExit(interpreter.handle());
      interpreter.streams().finish();
    } catch (Failure closedMeanwhile) {
      // Then there is nothing to flush.
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, interpreter + " could not prepare for the exit", e);
    }
  }
}
