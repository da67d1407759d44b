package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.JavaCallable;
import dev.clutch.PyFunction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ints in lists and next to each other, where small ones cross in runs. */
class IntListsTest extends ValuesFixture {
  /** The exponents around which an int takes more: CPython's digits, Clutch's words, a long. */
  private static final int[] EXPONENTS = {8, 29, 30, 31, 54, 55, 56, 60, 62, 63, 64};

  @BeforeAll
  static void defineLists() {
    python.set("exponents", EXPONENTS);
    python.run(
        """
        edges = [
            sign * (2 ** exponent + offset)
            for exponent in exponents for offset in (-1, 0, 1) for sign in (1, -1)
        ]
        numbers = [*range(-700, 0), *edges, *range(700)]

        class Int(int):
            pass

        class List(list):
            def __iter__(self): return iter(())
            def __len__(self): return 1

        def interrupted(other, position):
            result = list(range(1600))
            result[position] = other
            return result

        def alternating(period):
            others = None, "x", 2.5, True
            return [others[i % 4] if i % period == 0 else i for i in range(1600)]

        def after(length):
            return ["x" * length, *range(600)]

        def listed(*args):
            return list(args)
        """);
  }

  private static List<Object> edges() {
    List<Object> edges = new ArrayList<>();
    for (int exponent : EXPONENTS) {
      for (int offset = -1; offset <= 1; offset++) {
        BigInteger edge = BigInteger.TWO.pow(exponent).add(BigInteger.valueOf(offset));
        edges.add(asItComes(edge));
        edges.add(asItComes(edge.negate()));
      }
    }
    return edges;
  }

  private static Object asItComes(BigInteger number) {
    return number.bitLength() < 64 ? (Object) number.longValue() : number;
  }

  /** The edges amid more small ints than cross in one run. */
  private static List<Object> numbers() {
    List<Object> numbers = new ArrayList<>(range(-700, 0));
    numbers.addAll(edges());
    numbers.addAll(range(0, 700));
    return numbers;
  }

  private static List<Object> range(int first, int end) {
    return LongStream.range(first, end).mapToObj(each -> (Object) each).toList();
  }

  /** Both ways; repr tells 1, 1.0 and True apart. */
  private static void assertCrosses(List<?> list, String expression) {
    assertThat(python.eval(expression)).isEqualTo(list);
    assertThat(python.call("repr", list)).isEqualTo(python.eval("repr(" + expression + ")"));
    assertThat(echo(list)).isEqualTo(list);
  }

  // -- lists --

  @Test
  void intsAroundEveryEdgeCross() {
    assertCrosses(edges(), "edges");
    assertCrosses(numbers(), "numbers");
  }

  @Test
  void everyEdgeMayFollowEveryOther() {
    List<Object> pairs =
        edges().stream()
            .flatMap(first -> edges().stream().flatMap(second -> Stream.of(first, second)))
            .toList();
    assertCrosses(pairs, "[each for a in edges for b in edges for each in (a, b)]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 511, 512, 513, 1023, 1024, 1025, 1537, 100_000})
  void runsOfEveryLengthCross(int length) {
    assertCrosses(range(-2, length - 2), "list(range(-2, %d - 2))".formatted(length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "None",
        "True",
        "'x'",
        "'\\u20ac' * 9",
        "2.5",
        "2 ** 30",
        "-2 ** 30",
        "2 ** 55",
        "-2 ** 55 - 1",
        "2 ** 63",
        "Int(7)",
        "[1, None]",
        "{1: 2}"
      })
  void anythingMayInterruptARun(String other) {
    for (int position : new int[] {0, 1, 510, 511, 512, 513, 1023, 1024, 1025, 1598, 1599}) {
      List<Object> expected = new ArrayList<>(range(0, 1600));
      expected.set(position, python.eval(other));
      assertCrosses(expected, "interrupted(%s, %d)".formatted(other, position));
    }
  }

  @Test
  void intsMayAlternateWithAnythingElse() {
    Object[] others = {null, "x", 2.5, true};
    for (int period = 1; period <= 9; period++) {
      List<Object> expected = new ArrayList<>(range(0, 1600));
      for (int i = 0; i < 1600; i += period) {
        expected.set(i, others[i % 4]);
      }
      assertCrosses(expected, "alternating(%d)".formatted(period));
    }
  }

  /** The buffer is full somewhere within the run, or just before or after it. */
  @Test
  void aRunMayBeginAnywhereInTheBuffer() {
    try (PyFunction after = python.function("after")) {
      for (int length = 0; length < 9000; length += 13) {
        List<Object> expected = new ArrayList<>(List.of("x".repeat(length)));
        expected.addAll(range(0, 600));
        assertThat(after.call(length)).as("after %d characters", length).isEqualTo(expected);
      }
    }
  }

  @Test
  void runsMayBeNested() {
    List<Object> expected =
        LongStream.range(0, 600).<Object>mapToObj(i -> List.of(i, List.of(i, -i), i)).toList();
    assertCrosses(expected, "[[i, [i, -i], i] for i in range(600)]");
    assertCrosses(List.of(numbers(), 1L, numbers()), "[numbers, 1, numbers]");
  }

  // -- other containers --

  @Test
  void aSubclassOfListCrossesAsTheListThatItIs() {
    assertThat(python.eval("List(numbers)")).isEqualTo(numbers());
    assertThat(python.eval("[0, List(numbers), 1]")).isEqualTo(List.of(0L, numbers(), 1L));
  }

  @Test
  void intsCrossInTuples() {
    assertThat(python.eval("tuple(numbers)")).isEqualTo(numbers());
    assertIs(numbers().toArray(), "tuple(numbers)");
  }

  @Test
  void intsCrossInSets() {
    Set<Object> set = new LinkedHashSet<>(numbers());
    assertThat(python.eval("set(numbers)")).isEqualTo(set);
    assertThat(python.eval("frozenset(numbers)")).isEqualTo(set);
    assertIs(set, "set(numbers)");
  }

  @Test
  void intsCrossInDicts() {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Object number : numbers()) {
      dict.put(number, List.of(number));
    }
    assertThat(python.eval("{each: [each] for each in numbers}")).isEqualTo(dict);
    assertIs(dict, "{each: [each] for each in numbers}");
  }

  // -- arguments and results --

  @Test
  void intsAroundEveryEdgeAreArgumentsAndResults() {
    JavaCallable callback = (args, kwargs) -> List.copyOf(args);
    try (PyFunction listed = python.function("listed")) {
      for (Object edge : edges()) {
        for (List<Object> arguments : argumentsWith(edge)) {
          assertThat(listed.call(arguments.toArray())).isEqualTo(arguments);
          Object[] withCallback = Stream.concat(Stream.of(callback), arguments.stream()).toArray();
          assertThat(python.call("through", withCallback)).isEqualTo(arguments);
        }
      }
    }
  }

  /** Up to five arguments: the one at every position, and small ints beside it. */
  private static List<List<Object>> argumentsWith(Object one) {
    List<List<Object>> all = new ArrayList<>();
    for (int count = 1; count <= 5; count++) {
      for (int position = 0; position < count; position++) {
        List<Object> arguments = new ArrayList<>(range(0, count));
        arguments.set(position, one);
        all.add(arguments);
      }
    }
    return all;
  }

  @Test
  void intsAroundEveryEdgeAreSingleResults() {
    Function<Object, Object> callback = x -> x;
    for (Object edge : edges()) {
      assertThat(echo(edge)).isEqualTo(edge);
      assertThat(python.call("through", callback, edge)).isEqualTo(edge);
      assertIs(edge, edge.toString());
    }
    try (PyFunction echo = python.function("echo")) {
      assertThat(echo.callAll(numbers())).isEqualTo(numbers());
    }
  }
}
