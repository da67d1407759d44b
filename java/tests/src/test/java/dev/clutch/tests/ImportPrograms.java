package dev.clutch.tests;

import dev.clutch.ImportGuard;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;

/** Imports in a JVM of its own, for {@link ImportGuardTest}. */
final class ImportPrograms {
  private ImportPrograms() {}

  /** Imports modules from a folder in one interpreter, and prints what came of each. */
  static final class Importing {
    private Importing() {}

    /** The guard, the folder, and the modules. */
    public static void main(String[] args) {
      InterpreterConfig config =
          InterpreterConfig.isolated().toBuilder()
              .importGuard(ImportGuard.valueOf(args[0]))
              .build();
      try (Interpreter python = Interpreters.create(config)) {
        python.run("import sys");
        python.call("sys:path.insert", 0, args[1]);
        for (int i = 2; i < args.length; i++) {
          System.out.println(args[i] + ": " + outcome(python, args[i]));
        }
      }
    }

    private static String outcome(Interpreter python, String module) {
      try {
        python.run("import " + module);
        return "imported";
      } catch (PythonException e) {
        return e.getMessage();
      }
    }
  }
}
