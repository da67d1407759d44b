package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.internal.JavaObjects;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How long Python holds Java objects, and when it can call them no more. */
class CallbackLifetimeTest extends CallbackFixture {
  // -- forgetting --

  @Test
  void callablesAreForgottenWhenPythonDropsThem() {
    python.run("import gc\ngc.collect()");
    int before = JavaObjects.count();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      python.call("call", (Supplier<Object>) () -> List.of(number, (Runnable) () -> {}));
      assertFails(() -> python.call("no_such_function", (Runnable) () -> {}));
      assertFails(() -> python.call("call", (Runnable) () -> {}, new Object()));
      assertFails(() -> python.call("len", (Runnable) () -> {}, new byte[20_000]));
    }
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before + 5);
  }

  @Test
  void callablesAreForgottenWhenAnotherArgumentIsRefusedInAnyWay() {
    PyObject closed = python.eval("object()", PyObject.class);
    closed.close();
    int before = JavaObjects.count();
    try (PyObject foreign = other.eval("object()", PyObject.class);
        PyFunction function = python.function("call")) {
      for (int i = 0; i < 100; i++) {
        Runnable callback = () -> {};
        assertFails(() -> python.call("call", callback, closed));
        assertFails(() -> python.call("call", callback, foreign));
        assertFails(() -> function.call(callback, closed));
        assertFails(() -> function.callAll(List.of(callback, closed)));
        assertFails(
            () -> function.callWith(List.of(callback), Collections.singletonMap("k", foreign)));
        assertFails(() -> python.call("call", callback, new Lying()));
      }
    }
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before + 5);
  }

  private static void assertFails(ThrowingCallable use) {
    assertThatThrownBy(use).isInstanceOf(RuntimeException.class);
  }

  /** A list that is not as long as it says. */
  private static final class Lying extends java.util.AbstractList<Object> {
    @Override
    public Object get(int index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int size() {
      return 2;
    }
  }

  @Test
  void closingAnInterpreterForgetsItsCallables() {
    int before = JavaObjects.count();
    Interpreter closing = Interpreters.create();
    for (int i = 0; i < 100; i++) {
      closing.set("f" + i, (Runnable) () -> {});
    }
    closing.run("import sys\nsys.kept = [f0]");
    closing.close();
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before);
  }

  // -- the end --

  @Test
  void exitFunctionsAndDestructorsMayCallBackWhileTheInterpreterCloses() {
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    Interpreter closing = Interpreters.create();
    closing.set("f", (Consumer<Object>) seen::add);
    closing.run(
        """
        import atexit, sys
        atexit.register(f, 'exit')
        class Late:
            def __del__(self, f=f):
                try:
                    f('late')
                except BaseException:
                    pass
        sys.late = Late()
        late = Late()
        """);
    closing.close();
    assertThat(seen).contains("exit");
  }
}
