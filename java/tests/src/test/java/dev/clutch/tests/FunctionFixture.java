package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** An interpreter for the tests of a class, with functions to look up. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class FunctionFixture {
  static Interpreter python;

  @BeforeAll
  static void createInterpreter() {
    python = Interpreters.create();
    python.run(
        """
        import threading
        def echo(x):
            return x
        def add(a, b=10):
            return a + b
        def count(*args):
            return len(args)
        def named(*args, **kwargs):
            return list(args), list(kwargs.items())
        """);
  }

  @AfterAll
  static void closeInterpreter() {
    python.close();
  }
}
