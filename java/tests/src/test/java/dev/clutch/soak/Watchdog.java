package dev.clutch.soak;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ends the process when a worker stands still, and says where everybody is. */
final class Watchdog {
  static final int STATUS = 2;

  /** Many times what the longest step takes on a busy machine. */
  private static final long PATIENCE_NANOSECONDS = TimeUnit.SECONDS.toNanos(60);

  private static final long MILLISECONDS_TO_DUMP = 10_000;

  private Watchdog() {}

  static void look(List<Worker> workers) throws InterruptedException {
    for (Worker worker : workers) {
      if (worker.isAlive() && worker.work().nanosecondsSinceProgress() > PATIENCE_NANOSECONDS) {
        System.out.println("FAILED: " + worker.work().name() + " stands still");
        dump();
        System.out.flush();
        Runtime.getRuntime().halt(STATUS); // what stands still would not let it end
      }
    }
  }

  private static void dump() throws InterruptedException {
    Thread.getAllStackTraces().forEach(Watchdog::print);
    Thread dumping = new Thread(Watchdog::dumpPython, "soak-dump");
    dumping.setDaemon(true);
    dumping.start();
    dumping.join(MILLISECONDS_TO_DUMP);
  }

  private static void print(Thread thread, StackTraceElement[] frames) {
    System.out.println("\n" + thread + " " + thread.getState());
    for (StackTraceElement frame : frames) {
      System.out.println("\tat " + frame);
    }
  }

  private static void dumpPython() {
    for (Interpreter python : Interpreters.listAll()) {
      try {
        System.out.println("\n" + python + "\n" + python.dumpStack());
      } catch (RuntimeException closed) {
        System.out.println(closed.getMessage());
      }
    }
  }
}
