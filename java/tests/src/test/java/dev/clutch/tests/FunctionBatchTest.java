package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.PythonInterruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** One function is called for many inputs at once. */
class FunctionBatchTest extends FunctionFixture {
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

  /** Up to three small ints are read in another way, and that is another one for the last item. */
  @Test
  void itemsMayHaveAnyNumberOfInts() {
    List<Object> items = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    try (PyFunction named = python.function("named")) {
      for (int round = 0; round < 30; round++) {
        Object[] args =
            LongStream.range(0, round % 5).map(i -> (i - 1) << 2 * items.size()).boxed().toArray();
        items.add(args);
        expected.add(List.of(List.of(args), List.of()));
        assertThat(named.callAll(items)).isEqualTo(expected);
      }
      items.add(new Object[] {1L, "x", 2L});
      expected.add(List.of(List.of(1L, "x", 2L), List.of()));
      assertThat(named.callAll(items)).isEqualTo(expected);
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
