package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** An interpreter of each test's own, with a class to make objects of. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PyObjectFixture {
  Interpreter python;

  @BeforeEach
  void createInterpreter() {
    python = Interpreters.create();
    python.run(
        """
        import gc, weakref
        class Thing:
            label = 'class'
            def __init__(self, x=1):
                self.x = x
            def add(self, a, b=10):
                return self.x + a + b
        """);
  }

  @AfterEach
  void closeInterpreter() {
    python.close();
  }

  PyObject object(String expression) {
    return python.eval(expression, PyObject.class);
  }
}
