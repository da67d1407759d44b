package dev.clutch;

import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;

/**
 * What happens at JVM exit: the interpreters still open flush and run their {@code atexit}
 * functions. CPython is not finalized, for that ends in an abort while threads are still in it; and
 * an interpreter that does not answer does not hold the exit up.
 */
final class ExitHook {
  /** For all interpreters together. */
  private static final long PATIENCE_MILLIS = 3_000;

  private ExitHook() {}

  static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(ExitHook::run, "clutch-exit"));
  }

  /** The work is done by a daemon thread, which may be left behind inside Python. */
  private static void run() {
    Thread worker = new Thread(ExitHook::prepareAll, "clutch-exit-worker");
    worker.setDaemon(true);
    worker.start();
    try {
      worker.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void prepareAll() {
    for (Interpreter interpreter : InterpreterRegistry.ours()) {
      try {
        Execution.prepareExit(interpreter.handle());
        interpreter.finishOutput();
      } catch (Failure closedMeanwhile) {
        // Then there is nothing to flush.
      }
    }
  }
}
