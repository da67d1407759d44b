package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.util.concurrent.CountDownLatch;

/** Programs with faults in native code; {@link FaultTest} runs them in JVMs of their own. */
final class FaultPrograms {
  /** The file is gone when its memory is read: a SIGBUS in the code of the module mmap. */
  static final String FAULT =
      "file = open('mapped', 'wb+'); file.truncate(8192);"
          + " mapped = mmap.mmap(file.fileno(), 8192); file.truncate(0); mapped[5000]";

  private FaultPrograms() {}

  /** Runs the statement in a function, while other threads are in other interpreters. */
  static final class Dying {
    private Dying() {}

    /** The statement. */
    public static void main(String[] args) throws InterruptedException {
      running("def waiting(): time.sleep(1000)\nstarted()\nwaiting()");
      running("def working():\n    while True: pass\nstarted()\nworking()");
      Interpreter python = Interpreters.create();
      python.run("import mmap, os, time");
      python.run("def dying():\n    " + args[0] + "\ndef café():\n    dying()\ncafé()");
    }

    private static void running(String code) throws InterruptedException {
      Interpreter other = Interpreters.create();
      CountDownLatch started = new CountDownLatch(1);
      other.set("started", (Runnable) started::countDown);
      Thread thread = new Thread(() -> other.run("import time\n" + code));
      thread.setDaemon(true);
      thread.start();
      started.await();
    }
  }

  /** Dies while an interpreter closes. */
  static final class DyingInClose {
    private DyingInClose() {}

    public static void main(String[] args) {
      Interpreter python = Interpreters.create();
      python.run("import atexit, os\ndef leaving(): os.abort()\natexit.register(leaving)");
      python.close();
    }
  }

  /** Has the JVM handle faults of its own, by the signals that it has for them. */
  static final class NullPointers {
    private static int caught;

    private NullPointers() {}

    private static void touch(int[] array) {
      try {
        array[0]++;
      } catch (NullPointerException expected) {
        caught++;
      }
    }

    private static int recurse(int depth) {
      return depth < 0 ? 0 : recurse(depth + 1) + 1;
    }

    public static void main(String[] args) {
      Interpreter python = Interpreters.create();
      int[] array = {0};
      for (int i = 0; i < 1_000_000; i++) {
        touch(i % 1000 == 999 ? null : array);
      }
      try {
        recurse(0);
      } catch (StackOverflowError expected) {
        caught++;
      }
      python.close();
      System.out.println(caught);
    }
  }
}
