package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.TypeToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that are looked up once and called often. */
class FunctionTest extends FunctionFixture {
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
}
