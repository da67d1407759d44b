package dev.clutch.examples;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.util.List;

/** Defines a Python function, calls it, and prints what it returns. */
public final class Hello {
  private Hello() {}

  /** Runs the example. */
  public static void main(String[] args) {
    try (Interpreter python = Interpreters.create()) {
      python.run("def greet(names): return f'Hello, {\" and \".join(names)}!'");
      System.out.println(python.call("greet", List.of("Java", "Python")));
    }
  }
}
