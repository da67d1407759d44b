package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonOptions;
import dev.clutch.PythonRuntime;
import dev.clutch.PythonUnavailableException;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Programs that start CPython; {@link StartTest} runs them in JVMs of their own. */
final class StartPrograms {
  private StartPrograms() {}

  /** Starts with each selector in turn, {@code -} for the defaults, and prints what comes of it. */
  static final class Starts {
    private Starts() {}

    public static void main(String[] selectors) {
      for (String selector : selectors) {
        try {
          PythonRuntime runtime =
              selector.equals("-")
                  ? PythonRuntime.start()
                  : PythonRuntime.start(PythonOptions.of(selector));
          System.out.println("started " + runtime.version() + " as " + runtime.options());
        } catch (PythonUnavailableException | IllegalStateException e) {
          System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
      }
    }
  }

  /** Evaluates expressions in two new interpreters; prints what both agree on. */
  static final class Evaluations {
    private Evaluations() {}

    public static void main(String[] expressions) {
      try (Interpreter one = Interpreters.create();
          Interpreter other = Interpreters.create()) {
        for (String expression : expressions) {
          System.out.println(
              new HashSet<>(List.of(one.eval(expression, String.class), other.eval(expression))));
        }
      }
    }
  }

  /** Starts from many threads at the same time. */
  static final class ConcurrentStart {
    private static final int THREADS = 8;

    private ConcurrentStart() {}

    public static void main(String[] args) throws Exception {
      ExecutorService executor = Executors.newFixedThreadPool(THREADS);
      Callable<PythonRuntime> start =
          () -> {
            try (Interpreter interpreter = Interpreters.create()) {
              interpreter.run("import json");
            }
            return PythonRuntime.start(PythonOptions.defaults());
          };
      Set<PythonRuntime> runtimes = Collections.newSetFromMap(new IdentityHashMap<>());
      try {
        for (Future<PythonRuntime> future :
            executor.invokeAll(Collections.nCopies(THREADS, start))) {
          runtimes.add(future.get());
        }
      } finally {
        executor.shutdown();
      }
      System.out.println(runtimes.size() + " runtime, " + Interpreters.listAll().size() + " left");
    }
  }
}
