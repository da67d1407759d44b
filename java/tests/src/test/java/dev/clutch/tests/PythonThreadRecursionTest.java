package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyObject;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deep recursion on threads that Python code starts: an error or a success, as on Java's threads.
 */
@Timeout(120)
@Tag("jni")
class PythonThreadRecursionTest {
  private static final String NESTED_LIST = "x = []\nfor _ in range(100000): x = [x]\n";

  /** The C recursion of sorting is what CPython bounds; that of nested iterators it does not. */
  private static final String SORT =
      "class A:\n    def __lt__(self, other): return sorted([A(), A()]) and True\n";

  private static final String RUN_ON_THREAD =
      "import sys, threading\nresult = None\n"
          + "def guarded():\n    global result\n"
          + "    try: work(); result = 'done'\n"
          + "    except Exception as e: result = type(e).__name__\n"
          + "def run():\n"
          + "    t = threading.Thread(target=guarded)\n    t.start()\n    t.join()\n";

  private static Object resultOf(Interpreter interpreter, String source) {
    interpreter.run(RUN_ON_THREAD + source + "\nrun()");
    assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    Object result = interpreter.get("result");
    interpreter.close(Duration.ofSeconds(60));
    return result;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def work():\n    def f(): f()\n    f()",
        "sys.setrecursionlimit(10**9)\n" + SORT + "def work(): sorted([A(), A()])",
        "sys.setrecursionlimit(10**9)\n"
            + "class A:\n    def __getattr__(self, name): return getattr(self, name)\n"
            + "def work(): A().x",
        "sys.setrecursionlimit(10**9)\n"
            + "class A:\n    def __eq__(self, other): return [A()] == [A()]\n"
            + "def work(): A() == A()",
        NESTED_LIST + "import json\ndef work(): json.dumps(x)",
        "import json\ndef work(): json.loads('[' * 200000)",
        NESTED_LIST + "import pickle\ndef work(): pickle.dumps(x)",
        NESTED_LIST + "import copy\ndef work(): copy.deepcopy(x)",
        "def work(): compile('a' + '.b' * 100000, '<s>', 'eval')",
        "def work(): compile('-' * 100000 + '1', '<s>', 'eval')",
        "def work():\n    t = (int,)\n    for _ in range(200000): t = (t,)\n    isinstance(1, t)",
        "def work():\n    x = iter([1])\n    for _ in range(200000): x = map(int, x)\n    next(x)",
        "def work():\n    x = iter([1])\n    for _ in range(200000): x = filter(None, x)\n    next(x)",
        "def work():\n    x = ()\n    for _ in range(500000): x = (x,)\n    del x",
      })
  void itEndsWell(String source) {
    assertThat(resultOf(Interpreters.create(), source))
        .isIn("RecursionError", "MemoryError", "JSONDecodeError", "done");
  }

  @Test
  void howMuchStackTheCodeAsksForDoesNotMatter() {
    Interpreter interpreter = Interpreters.create();
    interpreter.set("call", (Consumer<Object>) function -> ((PyObject) function).call());
    String source =
        "threading.stack_size(65536)\nsys.setrecursionlimit(10**9)\n"
            + SORT
            + "def work():\n    call(lambda: 1)\n    sorted([A(), A()])";
    assertThat(resultOf(interpreter, source)).isEqualTo("RecursionError");
  }

  @Test
  void itEndsWellInACallbackOfAThread() {
    Interpreter interpreter = Interpreters.create();
    interpreter.set("call", (Consumer<Object>) function -> ((PyObject) function).call());
    String source =
        "sys.setrecursionlimit(10**9)\n"
            + SORT
            + "def sort():\n"
            + "    try: sorted([A(), A()])\n    except RecursionError: return\n    assert False\n"
            + "def work():\n    call(lambda: call(lambda: call(sort)))\n    call(sort)\n    sort()";
    assertThat(resultOf(interpreter, source)).isEqualTo("done");
  }

  @Test
  void recursionThroughJavaEndsInAnError() {
    Interpreter interpreter = Interpreters.create();
    interpreter.set("call", (Consumer<Object>) function -> ((PyObject) function).call());
    assertThat(resultOf(interpreter, "def f(): call(f)\ndef work(): call(f)"))
        .isIn("JavaException", "RecursionError");
  }

  @Test
  void itEndsWellOnManyThreadsAtOnce() {
    Interpreter interpreter = Interpreters.create();
    String source =
        "sys.setrecursionlimit(10**9)\nends = []\n"
            + SORT
            + "def sort():\n"
            + "    try: sorted([A(), A()])\n    except RecursionError: ends.append(1)\n"
            + "def work():\n"
            + "    all = [threading.Thread(target=sort) for _ in range(40)]\n"
            + "    for each in all: each.start()\n"
            + "    for each in all: each.join()\n"
            + "    assert len(ends) == 40";
    assertThat(resultOf(interpreter, source)).isEqualTo("done");
  }
}
