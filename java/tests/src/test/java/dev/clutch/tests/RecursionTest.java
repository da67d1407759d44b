package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Python code that recurses deeper than a Java thread's stack goes: it ends in a RecursionError or
 * succeeds, each time on a fresh thread with the default stack size.
 */
@Tag("jni")
class RecursionTest {
  private static final String NESTED_LIST = "x = []\nfor _ in range(200000):\n    x = [x]\n";

  /** Uses the whole C stack, if CPython does not count calls. */
  private static final String DEEP_SORT =
      "import sys\nsys.setrecursionlimit(10**9)\n"
          + "class A:\n    def __lt__(self, other): return sorted([A(), A()]) and True\n"
          + "try: sorted([A(), A()])\nexcept RecursionError: done = True\n";

  /** Runs DEEP_SORT in an interpreter that Python makes. */
  private static final String DEEP_SORT_ELSEWHERE =
      "try:\n    import _interpreters as made\n    run = made.exec\n"
          + "except ImportError:\n    import _xxsubinterpreters as made\n    run = made.run_string\n"
          + "other = made.create()\n"
          + "for _ in range(2):\n    assert run(other, source + 'assert done') is None\n"
          + "made.destroy(other)\n";

  private static final String NESTED_TUPLE = "x = ()\nfor _ in range(200000):\n    x = (x,)\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def f(): f()\nf()",
        "class A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x",
        NESTED_LIST + "repr(x)",
        "import json\njson.loads('[' * 200000)",
        "eval('(' * 5000 + ')' * 5000)",
        "compile('-' * 100000 + '1', '<s>', 'eval')",
        "compile('a' + '.b' * 100000, '<s>', 'eval')",
        "import re\nre.compile('(' * 50000 + ')' * 50000)",
        NESTED_LIST + "import pickle\npickle.dumps(x)",
        "class A:\n    def __lt__(self, other): return sorted([A(), A()]) and True\n"
            + "sorted([A(), A()])",
        "x = iter([1])\nfor _ in range(200000):\n    x = map(int, x)\nnext(x)",
        NESTED_TUPLE + "del x"
      })
  void deepRecursionEndsWell(String source) throws InterruptedException {
    try (Interpreter interpreter = Interpreters.create()) {
      runOnFreshThread(() -> runAndCheck(interpreter, source));
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  /** Each level of Python is hundreds of levels of C. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "class A:\n    def __reduce__(self): q.put(nested(A()))\n",
        "def get(): return q.get_nowait()\n"
            + "class A:\n    def __reduce__(self): return get, ()\n"
            + "for i in range(2000): q.put(nested(A()))\nq.put(1)\nq.get()\n",
        "class A:\n    def __eq__(self, other): call(nested(1)); return [A()] == [A()]\nA() == A()\n",
      })
  void soItDoesThroughValuesThatCross(String source) throws InterruptedException {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.set("q", InterpreterQueue.create());
      interpreter.set("call", (Function<Object, @Nullable Object>) value -> null);
      interpreter.run(
          "import sys\nsys.setrecursionlimit(10**9)\n"
              + "def nested(x, levels=400):\n    return nested([x], levels - 1) if levels else x\n");
      runOnFreshThread(
          () -> runAndCheck(interpreter, source + "try: q.put(A())\nexcept TypeError: pass\n"));
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def f(): f()\nf()",
        NESTED_LIST + "repr(x)",
        "class A:\n    def __lt__(self, other): return sorted([A(), A()]) and True\n"
            + "sorted([A(), A()])",
        "x = iter([1])\nfor _ in range(200000):\n    x = map(int, x)\nnext(x)"
      })
  void soItDoesInsideNestedCallbacks(String source) throws InterruptedException {
    try (Interpreter outer = Interpreters.create();
        Interpreter inner = Interpreters.create()) {
      Function<Object, @Nullable Object> down =
          level -> nest(outer, inner, ((Long) level).intValue(), source);
      outer.set("down", down);
      inner.set("down", down);
      runOnFreshThread(() -> outer.call("down", 6));
      assertThat(outer.eval("1 + 1")).isEqualTo(2L);
      assertThat(inner.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void soItDoesInInterpretersThatPythonMakes() throws InterruptedException {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.set("source", DEEP_SORT);
      runOnFreshThread(() -> interpreter.run(DEEP_SORT_ELSEWHERE));
      Runnable callback = () -> interpreter.eval("exec(elsewhere, {'source': source})");
      interpreter.set("elsewhere", DEEP_SORT_ELSEWHERE);
      interpreter.set("callback", callback);
      runOnFreshThread(() -> interpreter.eval("callback()"));
      runOnFreshThread(
          () ->
              interpreter.run(
                  "from threading import Thread\n"
                      + "thread = Thread(target=callback)\nthread.start()\nthread.join()"));
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void soItDoesInAnInterpreterMadeInACallback() throws InterruptedException {
    try (Interpreter outer = Interpreters.create()) {
      outer.set("create", (Runnable) RecursionTest::createAndRecurse);
      runOnFreshThread(() -> outer.eval("create()"));
      runOnFreshThread(() -> nestMaps(outer, "create"));
      assertThat(outer.eval("1 + 1")).isEqualTo(2L);
    }
  }

  private static void createAndRecurse() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run(DEEP_SORT);
      assertThat(interpreter.get("done")).isEqualTo(true);
    }
  }

  @Test
  void javaOverflowInACallbackIsAnErrorInPythonAndInJava() throws InterruptedException {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.set("overflow", (Runnable) RecursionTest::overflow);
      runOnFreshThread(
          () ->
              assertThat(
                      interpreter.eval(
                          "[overflow.__class__.__name__, "
                              + "isinstance(__import__('clutch').JavaException, type)]"))
                  .isNotNull());
      runOnFreshThread(
          () -> {
            PythonException thrown = catchPython(() -> interpreter.run("overflow()"));
            assertThat(thrown.getCause()).isInstanceOf(StackOverflowError.class);
          });
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void recursionThroughJavaAndPythonEndsInAnError() throws InterruptedException {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.set("again", (Runnable) () -> interpreter.eval("again()"));
      runOnFreshThread(() -> catchPython(() -> interpreter.eval("again()")));
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  /** Each of these uses most of what one alone may use, on the one stack of the thread. */
  @Test
  void interpretersThatNestDeepCodeEndInAnError() throws InterruptedException {
    List<Interpreter> chain = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      chain.add(Interpreters.create());
    }
    for (int i = 0; i < 4; i++) {
      Interpreter next = i < 3 ? chain.get(i + 1) : null;
      Runnable callback = () -> Optional.ofNullable(next).ifPresent(one -> nestMaps(one, "next"));
      chain.get(i).set("next", callback);
    }
    runOnFreshThread(() -> nestMaps(chain.get(0), "next"));
    chain.forEach(Interpreter::close);
  }

  /** Calls the callback from deep down. */
  private static void nestMaps(Interpreter interpreter, String callback) {
    try {
      interpreter.run(
          ("def call(x):\n    " + callback + "()\n")
              + "import builtins\n"
              + "x = iter([1])\nx = map(call, x)\n"
              + "for _ in range(180000):\n    x = map(id, x)\n"
              + "builtins.next(x)");
    } catch (PythonException e) {
      assertThat(e.getMessage()).contains("too deeply");
    }
  }

  @SuppressWarnings("InfiniteRecursion") // it is what overflows the stack
  private static int overflow() {
    return overflow() + 1;
  }

  private static @Nullable Object nest(
      Interpreter outer, Interpreter inner, int level, String source) {
    if (level == 0) {
      runAndCheck(inner, source);
      return null;
    }
    return (level % 2 == 0 ? outer : inner).call("down", level - 1);
  }

  private static void runAndCheck(Interpreter interpreter, String source) {
    try {
      interpreter.run(source);
    } catch (PythonException e) {
      assertThat(e.typeName())
          .isIn(
              "RecursionError",
              "MemoryError",
              "SyntaxError",
              "re.error",
              "re.PatternError",
              "json.decoder.JSONDecodeError"); // it got to the end of the text
    }
  }

  private static PythonException catchPython(Runnable code) {
    try {
      code.run();
    } catch (PythonException e) {
      return e;
    }
    throw new AssertionError("no PythonException");
  }

  private static void runOnFreshThread(Runnable code) throws InterruptedException {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(code, "recursion");
    thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
    thread.start();
    thread.join();
    Throwable failure = thrown.get();
    if (failure != null) {
      throw new AssertionError(failure);
    }
  }
}
