package dev.clutch.examples;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;

/** Shows what a Python exception looks like in Java. */
public final class Errors {
  private Errors() {}

  /** Runs the example. */
  public static void main(String[] args) {
    try (Interpreter python = Interpreters.create()) {
      python.run("1 / 0");
    } catch (PythonException e) {
      System.out.println("type: " + e.typeName());
      System.out.println("message: " + e.pythonMessage());
      System.out.print(e.formattedTraceback());
    }
  }
}
