package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.PythonInterruptedException;
import dev.clutch.TypeToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that are looked up once and called often. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FunctionTest {
  private static Interpreter python;

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

  // -- looking up --

  @Test
  void functionsAreFoundInMainInBuiltinsAndInModules() {
    try (PyFunction add = python.function("add");
        PyFunction length = python.function("len");
        PyFunction dumps = python.function("json:dumps");
        PyFunction join = python.function("os.path:join");
        PyFunction fromKeys = python.function("collections:OrderedDict.fromkeys")) {
      assertThat(add.call(1)).isEqualTo(11L);
      assertThat(length.call("four")).isEqualTo(4L);
      assertThat(dumps.call(Map.of("k", List.of(1, true)))).isEqualTo("{\"k\": [1, true]}");
      assertThat(join.call("a", "b")).isEqualTo("a/b");
      assertThat(fromKeys.call("a")).isEqualTo(Collections.singletonMap("a", null));
      assertThat(add.toString()).contains("add").contains("id=" + python.id());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nope",
        "",
        ".",
        ":",
        "json:",
        ":dumps",
        "json:nope",
        "no_such:f",
        "a b",
        "add.",
        "\u0000"
      })
  void whatDoesNotExistCannotBeLookedUp(String name) {
    assertThatThrownBy(() -> python.function(name)).isInstanceOf(PythonException.class);
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  @Test
  void whatCannotBeCalledIsATypeErrorAtOnce() {
    assertThatThrownBy(() -> python.function("__name__"))
        .isInstanceOf(PythonException.class)
        .hasMessageStartingWith("TypeError: ");
  }

  @Test
  void bindingTheNameAnewDoesNotChangeIt() {
    python.run("def bound(): return 'first'");
    try (PyFunction function = python.function("bound")) {
      python.run("def bound(): return 'second'");
      assertThat(function.call()).isEqualTo("first");
      python.run("del bound");
      assertThat(function.call()).isEqualTo("first");
    }
  }

  @Test
  void closingItClosesItsObject() {
    PyFunction function = python.function("add");
    PyObject object = function.object();
    assertThat(object.callAs(int.class, 1, 2)).isEqualTo(3);
    function.close();
    function.close();
    assertThat(object.isClosed()).isTrue();
    assertThatThrownBy(() -> function.call(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> function.callAll(List.of(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> function.callWith(List.of(), Map.of()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void functionsArePassedToPython() {
    try (PyFunction add = python.function("add")) {
      assertThat(python.call("map", add, List.of(1, 2))).isInstanceOf(PyObject.class);
      python.set("passed", List.of(add));
      assertThat(python.eval("passed[0] is add")).isEqualTo(true);
    }
  }

  // -- calling --

  @Test
  void argumentsOfAnyNumberAndTypePass() {
    try (PyFunction count = python.function("count");
        PyFunction echo = python.function("echo")) {
      for (int n : new int[] {0, 1, 15, 16, 17, 1000}) {
        assertThat(count.call(new Object[n])).isEqualTo((long) n);
      }
      for (Object value : Arrays.asList(null, true, 1L, 2.5, "x", List.of(1L), Map.of("k", 1L))) {
        assertThat(echo.call(value)).isEqualTo(value);
      }
      assertThatThrownBy(() -> count.call(1, new Object()))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[1] is a java.lang.Object");
      assertThat(count.call(1)).isEqualTo(1L);
    }
  }

  @Test
  void keywordsPassInTheirOrder() {
    try (PyFunction named = python.function("named");
        PyFunction add = python.function("add")) {
      Map<String, Object> keywords = new LinkedHashMap<>();
      keywords.put("z", 1);
      keywords.put("a", null);
      keywords.put("\u20ac", List.of());
      assertThat(named.callWith(List.of(1, 2), keywords))
          .isEqualTo(
              List.of(
                  List.of(1L, 2L),
                  List.of(
                      List.of("z", 1L), Arrays.asList("a", null), List.of("\u20ac", List.of()))));
      assertThat(add.callWith(List.of(), Map.of("b", 1, "a", 2))).isEqualTo(3L);
      assertThatThrownBy(() -> add.callWith(List.of(), Map.of("c", 1)))
          .hasMessageStartingWith("TypeError: ")
          .hasMessageContaining("unexpected keyword argument 'c'");
      assertThatThrownBy(() -> add.callWith(List.of(1), Map.of("a", 1)))
          .hasMessageContaining("multiple values for argument 'a'");
      assertThatThrownBy(() -> add.callWith(List.of(1), Map.of("b", new Object())))
          .hasMessageStartingWith("kwargs[\"b\"] is a java.lang.Object");
    }
  }

  @Test
  void resultsAreConverted() {
    try (PyFunction add = python.function("add");
        PyFunction echo = python.function("echo")) {
      assertThat(add.callAs(int.class, 1, 2)).isEqualTo(3);
      assertThat(add.callAs(double.class, 1, 2)).isEqualTo(3.0);
      assertThatThrownBy(() -> add.callAs(byte.class, 100, 100))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("200");
      assertThat(echo.callAs(new TypeToken<List<Long>>() {}, List.of(1))).isEqualTo(List.of(1L));
      assertThat(echo.callAs(new TypeToken<Map<String, Integer>>() {}, Map.of("k", 1)))
          .isEqualTo(Map.of("k", 1));
      assertThatThrownBy(() -> echo.callAs(new TypeToken<List<Integer>>() {}, List.of(1, "x")))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("[1]");
      try (PyObject object = echo.callAs(PyObject.class, "text")) {
        assertThat(object.str()).isEqualTo("text");
      }
    }
  }

  @Test
  void resultsOfAnySizeCross() {
    try (PyFunction echo = python.function("echo");
        PyFunction repeat = python.function("operator:mul")) {
      for (int power = 0; power <= 24; power++) {
        for (int size : new int[] {(1 << power) - 1, 1 << power}) {
          assertThat(repeat.call("x", size)).asString().hasSize(size);
          assertThat(((byte[]) repeat.call(new byte[] {1}, size)).length).isEqualTo(size);
        }
      }
      for (int size : new int[] {10, 1000, 100_000}) {
        List<Long> numbers = LongStream.range(0, size).boxed().toList();
        assertThat(echo.call(numbers).equals(numbers)).isTrue();
      }
    }
  }

  @Test
  void manyThreadsCallAtOnce() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(16);
    try (PyFunction add = python.function("add")) {
      List<Future<Boolean>> futures = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        long number = i;
        futures.add(
            executor.submit(
                () ->
                    LongStream.range(0, 2_000)
                        .allMatch(n -> add.call(number, n).equals(number + n))));
      }
      for (Future<Boolean> future : futures) {
        assertThat(future.get()).isTrue();
      }
    } finally {
      executor.shutdown();
    }
  }

  // -- batches --

  @Test
  void aBatchGivesTheResultsInOrder() {
    try (PyFunction add = python.function("add");
        PyFunction count = python.function("count");
        PyFunction echo = python.function("echo")) {
      assertThat(add.callAll(List.of(1, 2.5, 3))).isEqualTo(List.of(11L, 12.5, 13L));
      assertThat(add.callAll(List.of())).isEqualTo(List.of());
      assertThat(add.callAll(new LinkedHashSet<>(List.of(3, 1)))).isEqualTo(List.of(13L, 11L));
      List<Object> spread = Arrays.asList(new Object[] {1, 2}, 3, new Object[] {4});
      assertThat(add.callAll(spread)).isEqualTo(List.of(3L, 13L, 14L));
      assertThat(count.callAll(List.of(new Object[0], new Object[] {new Object[] {1, 2}})))
          .isEqualTo(List.of(0L, 1L));
      assertThat(echo.callAll(Collections.singletonList(null)))
          .isEqualTo(Collections.singletonList(null));
      assertThat(count.callAll(List.of(new Object[40], List.of(1, 2)))).isEqualTo(List.of(40L, 1L));
    }
  }

  @Test
  void aBatchMayBeLarge() {
    List<Long> inputs = LongStream.range(0, 100_000).boxed().toList();
    try (PyFunction add = python.function("add");
        PyFunction echo = python.function("echo")) {
      List<Object> results = add.callAll(inputs);
      assertThat(results).hasSize(100_000);
      assertThat(results.get(99_999)).isEqualTo(100_009L);
      assertThat(results.stream().mapToLong(each -> (Long) each).sum())
          .isEqualTo(100_000L * 99_999 / 2 + 1_000_000);
      List<Object> large = echo.callAll(Collections.nCopies(100, new byte[100_000]));
      assertThat(large).allSatisfy(each -> assertThat((byte[]) each).hasSize(100_000));
    }
  }

  @Test
  void oneOfManyMayFail() {
    python.run(
        """
        def picky(x):
            if x == 3: return inner(x)
            return x
        def inner(x):
            raise ValueError('not three')
        """);
    try (PyFunction picky = python.function("picky")) {
      List<Object> results = picky.callAll(List.of(1, 3, 5, 3));
      assertThat(results.get(0)).isEqualTo(1L);
      assertThat(results.get(2)).isEqualTo(5L);
      PythonException failure = (PythonException) results.get(1);
      assertThat(failure).hasMessage("ValueError: not three").isNotSameAs(results.get(3));
      assertThat(failure.formattedTraceback()).contains("in inner").contains("in picky");
      assertThat(failure.getStackTrace()[0].getMethodName()).isEqualTo("inner");
      assertThat(results.get(3)).isInstanceOf(PythonException.class);
      List<Object> all = picky.callAll(Collections.nCopies(1000, 3));
      assertThat(all).hasSize(1000).hasOnlyElementsOfType(PythonException.class);
    }
  }

  @Test
  void aWrongNumberOfArgumentsFailsOneItem() {
    try (PyFunction add = python.function("add")) {
      List<Object> results = add.callAll(List.of(new Object[] {1, 2, 3}, 1, new Object[0]));
      assertThat(results.get(0)).isInstanceOf(PythonException.class);
      assertThat(results.get(1)).isEqualTo(11L);
      assertThat(results.get(2)).isInstanceOf(PythonException.class);
    }
  }

  @Test
  void whatEndsTheProgramEndsTheBatch() {
    python.run(
        """
        calls = []
        def ending(x):
            calls.append(x)
            if x == 2: raise SystemExit(7)
            if x == 3: raise KeyboardInterrupt
            if x == 4: raise GeneratorExit
            return object()
        """);
    try (PyFunction ending = python.function("ending")) {
      PythonException exit =
          catchThrowableOfType(PythonException.class, () -> ending.callAll(List.of(1, 2, 5)));
      assertThat(exit.exitStatus()).hasValue(7);
      assertThat(python.eval("calls")).isEqualTo(List.of(1L, 2L));
      assertThatThrownBy(() -> ending.callAll(List.of(3))).hasMessage("KeyboardInterrupt");
      assertThatThrownBy(() -> ending.callAll(List.of(4))).hasMessage("GeneratorExit");
    }
  }

  @Test
  void anInputThatCannotCrossRefusesTheBatch() {
    python.run("called = []\ndef note(*x): called.append(x)");
    try (PyFunction note = python.function("note")) {
      assertThatThrownBy(() -> note.callAll(List.of(0, 1, 2, new Object(), 4)))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("inputs[3] is a java.lang.Object");
      assertThatThrownBy(() -> note.callAll(List.of(0, List.of(Map.of("k", new Object())))))
          .hasMessageStartingWith("inputs[1][0][\"k\"] is a java.lang.Object");
      assertThatThrownBy(() -> note.callAll(List.of(0, new Object[] {1, List.of(new Object())})))
          .hasMessageStartingWith("inputs[1][1][0] is a java.lang.Object");
      assertThat(python.eval("called")).isEqualTo(List.of());
    }
  }

  @Test
  void aResultThatCannotCrossIsItsItem() {
    python.run(
        """
        def nest(levels):
            value = object()
            for _ in range(levels): value = [value, 'x']
            return value
        """);
    try (PyFunction nest = python.function("nest")) {
      List<Object> results = nest.callAll(List.of(0, 1200, 1, 1200));
      assertThat(results.get(0)).isInstanceOf(PyObject.class);
      assertThat(results.get(1))
          .isInstanceOf(NotShareableException.class)
          .hasToString(results.get(3).toString());
      assertThat(((Exception) results.get(1)).getMessage())
          .contains("result[0][0]")
          .contains("nested deeper");
      assertThat(((List<?>) results.get(2)).get(0)).isInstanceOf(PyObject.class);
      ((PyObject) results.get(0)).close();
      ((PyObject) ((List<?>) results.get(2)).get(0)).close();
    }
  }

  @Test
  void itemsMayCallBack() {
    python.run("def through(f, x): return f(x)");
    try (PyFunction through = python.function("through");
        PyFunction add = python.function("add")) {
      Function<Object, Object> inside = x -> add.callAll(List.of(x, x));
      Exception thrown = new Exception("mine");
      Function<Object, Object> failing =
          x -> {
            throw new IllegalStateException(thrown);
          };
      List<Object> results =
          through.callAll(List.of(new Object[] {inside, 1}, new Object[] {failing, 2}));
      assertThat(results.get(0)).isEqualTo(List.of(11L, 11L));
      assertThat(((PythonException) results.get(1)).getCause().getCause()).isSameAs(thrown);
    }
  }

  @Test
  void aBatchCanBeInterrupted() throws Exception {
    python.run("def slow(x):\n    global begun\n    begun = True\n    while True: pass");
    python.set("begun", false);
    try (PyFunction slow = python.function("slow")) {
      Thread interrupter = new Thread(this::interruptWhenBegun);
      interrupter.start();
      assertThatThrownBy(() -> slow.callAll(List.of(1, 2)))
          .isInstanceOf(PythonInterruptedException.class);
      interrupter.join();
    }
  }

  private void interruptWhenBegun() {
    while (!(Boolean) python.get("begun")) {
      Thread.onSpinWait();
    }
    python.interrupt();
  }
}
