package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;

/**
 * Makes and closes interpreters that import much, as often as the first argument says, and prints
 * by how many bytes each grew the process.
 */
final class CycleProgram {
  private static final int WARM_UP = 10;
  private static final int SAMPLES = 5;

  private CycleProgram() {}

  public static void main(String[] arguments) throws Exception {
    int cycles = Integer.parseInt(arguments[0]);
    repeat(WARM_UP);
    long before = ResidentSize.median(SAMPLES, sample -> cycle());
    repeat(cycles);
    long after = ResidentSize.median(SAMPLES, sample -> cycle());
    System.out.println((after - before) * 1024 / cycles);
  }

  private static void repeat(int cycles) {
    for (int i = 0; i < cycles; i++) {
      cycle();
    }
  }

  private static void cycle() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import json, re, asyncio, decimal, sqlite3");
    }
  }
}
