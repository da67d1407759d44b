package dev.clutch;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** One {@link Interpreter#close(Duration)}. */
final class GracefulClose {
  private static final long LOOK_AGAIN_NANOS = 2_000_000;

  /** At most this long, idle workers may end by themselves: one that is interrupted reports it. */
  private static final long IDLE_NANOS = 100_000_000;

  private final Interpreter interpreter;
  private final long start = System.nanoTime();
  private final long grace;

  GracefulClose(Interpreter interpreter, Duration grace) {
    this.interpreter = interpreter;
    this.grace = nanos(grace);
  }

  void run() {
    boolean interrupted = false;
    long nextStep = 0;
    for (int step = 0; !closed(); ) {
      if (elapsed() >= nextStep) {
        nextStep = take(step++);
      }
      interrupted |= Thread.interrupted();
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * First idle workers are let go, then what runs is interrupted, and what swallowed that again.
   */
  private long take(int step) {
    try {
      if (step == 0) {
        endIdleWorkers();
      } else {
        interpreter.interrupt();
      }
    } catch (InterpreterClosedException closedMeanwhile) {
      // That is what was wanted.
    }
    return step == 0 ? Math.min(grace / 4, IDLE_NANOS) : step == 1 ? grace / 2 : Long.MAX_VALUE;
  }

  /** Code of Clutch's own, which may be interrupted by others, or find no memory. */
  private void endIdleWorkers() {
    do {
      try {
        interpreter.callUrgently("clutch:_end_idle_workers");
        return;
      } catch (PythonInterruptedException meantForOthers) {
        // and so it is done once more
      } catch (PythonException failed) {
        return; // what waits in a lock then stays, as others' code may
      }
    } while (elapsed() < grace);
  }

  private boolean closed() {
    try {
      interpreter.close();
      return true;
    } catch (InterpreterBusyException busy) {
      if (elapsed() >= grace) {
        throw busy;
      }
      return false;
    }
  }

  private long elapsed() {
    return System.nanoTime() - start;
  }

  /** As much as a long holds, 292 years, stands for more. */
  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE;
    }
  }
}
