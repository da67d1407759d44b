package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import java.util.concurrent.CountDownLatch;

/** Programs that end while Python is at work; {@link ExitTest} runs them in JVMs of their own. */
final class ExitPrograms {
  private static final String LEAVE_TRACES =
      "import atexit\n"
          + "atexit.register(print, 'exit function')\n"
          + "print('unfinished line', end='')\n";

  private ExitPrograms() {}

  /** Leaves an interpreter open, and exits with the status given, or returns if there is none. */
  static final class LeftOpen {
    private LeftOpen() {}

    public static void main(String[] args) {
      Interpreters.create().run(LEAVE_TRACES);
      exit(args);
    }
  }

  /** Leaves a thread inside Python. */
  static final class LeftInside {
    private LeftInside() {}

    /** The kind of interpreter, the kind of thread, where the thread is, perhaps a status. */
    public static void main(String[] args) throws InterruptedException {
      Interpreters.create().run(LEAVE_TRACES);
      Interpreter busy = interpreter(args[0]);
      CountDownLatch inside = new CountDownLatch(1);
      busy.set("arrived", (Runnable) inside::countDown);
      busy.set("wait", (Runnable) ExitPrograms::waitForEver);
      Thread thread = new Thread(() -> busy.run(code(args[2])));
      thread.setDaemon(args[1].equals("daemon"));
      thread.start();
      inside.await();
      exit(args[3]);
    }

    private static Interpreter interpreter(String kind) {
      return switch (kind) {
        case "main" -> Interpreters.getMain();
        case "legacy" -> Interpreters.create(InterpreterConfig.legacy());
        default -> Interpreters.create();
      };
    }

    private static String code(String place) {
      return switch (place) {
        case "loop" -> "arrived()\nwhile True: pass";
        case "sleep" -> "import time\narrived()\ntime.sleep(1000)";
        case "queue" -> "import clutch\narrived()\nclutch.Queue().get()";
        case "callback" -> "arrived()\nwait()";
        case "callbacks" -> "arrived()\nwhile True: arrived()";
        case "print" -> "import sys\narrived()\nwhile True: print('x', file=sys.stderr)";
        case "hash" ->
            "import hashlib\ndata = bytes(10_000_000)\narrived()\n"
                + "while True: hashlib.sha256(data).digest()";
        case "pythonThread" ->
            "import threading\n"
                + "def work():\n    while True: pass\n"
                + "threading.Thread(target=work).start()\narrived()";
        case "pythonThreadInCallback" ->
            "import threading\nthreading.Thread(target=wait).start()\narrived()";
        default -> throw new IllegalArgumentException(place);
      };
    }
  }

  /** An exit function that does not end, in one interpreter of several. */
  static final class HangingExitFunction {
    private HangingExitFunction() {}

    public static void main(String[] args) {
      leaveTraces(2);
      Interpreters.create().run("import atexit, time\natexit.register(time.sleep, 1000)");
      leaveTraces(2);
      exit(args);
    }
  }

  /** An output that throws, in one interpreter of several. */
  static final class ThrowingOutput {
    private ThrowingOutput() {}

    public static void main(String[] args) {
      Output throwing =
          Output.lines(
              line -> {
                throw new IllegalStateException("no room for " + line);
              });
      leaveTraces(2);
      Interpreters.create(InterpreterConfig.isolated().toBuilder().stdout(throwing).build())
          .run("print('a line', end='', flush=True)");
      leaveTraces(2);
      exit(args);
    }
  }

  /** A Python exception that nobody catches. */
  static final class Uncaught {
    private Uncaught() {}

    public static void main(String[] args) {
      Interpreters.create().run("raise ValueError('nobody caught it')");
    }
  }

  /** Exits inside a callback. */
  static final class ExitInCallback {
    private ExitInCallback() {}

    public static void main(String[] args) {
      Interpreter interpreter = Interpreters.create();
      interpreter.set("leave", (Runnable) () -> System.exit(3));
      interpreter.run(LEAVE_TRACES + "leave()");
    }
  }

  /** Exits once more while exiting. */
  static final class ExitInExitFunction {
    private ExitInExitFunction() {}

    public static void main(String[] args) {
      Interpreter interpreter = Interpreters.create();
      interpreter.set("leave", (Runnable) () -> System.exit(3));
      interpreter.run("import atexit\natexit.register(leave)");
      System.exit(7);
    }
  }

  /** Is told to end by a signal, which Python code sends. */
  static final class Terminated {
    private Terminated() {}

    public static void main(String[] args) {
      Interpreters.create()
          .run(
              LEAVE_TRACES
                  + "import os, signal, time\n"
                  + "os.kill(os.getpid(), signal.SIGTERM)\n"
                  + "time.sleep(1000)");
    }
  }

  /** Exits while threads create and close interpreters. */
  static final class ExitWhileCreating {
    private ExitWhileCreating() {}

    public static void main(String[] args) throws InterruptedException {
      CountDownLatch started = new CountDownLatch(6);
      for (int i = 0; i < 3; i++) {
        Thread thread = new Thread(() -> createAndClose(started));
        thread.setDaemon(true);
        thread.start();
      }
      started.await();
      exit(args);
    }

    private static void createAndClose(CountDownLatch started) {
      while (true) {
        try (Interpreter interpreter = Interpreters.create()) {
          interpreter.run("import json");
        }
        started.countDown();
      }
    }
  }

  private static void leaveTraces(int interpreters) {
    for (int i = 0; i < interpreters; i++) {
      Interpreters.create().run(LEAVE_TRACES);
    }
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void exit(String... status) {
    if (status.length > 0 && !status[0].isEmpty()) {
      System.exit(Integer.parseInt(status[0]));
    }
  }
}
