package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.JavaCallable;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PythonException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Primitive arrays, small ones and those that are passed beside the buffer. */
class ArraysTest extends ValuesFixture {
  /** From so many bytes on, an array is passed beside the buffer: {@code large.h}. */
  private static final int LARGE = 16 * 1024;

  /** So many bytes of a large array are taken at a time: {@code decoder.c}. */
  private static final int PIECE = 1024 * 1024;

  @BeforeAll
  static void defineFunctions() {
    python.run(
        """
        def listed(*args, **kwargs):
            return [*args, *kwargs.values()]

        def code(x):
            return getattr(x, "typecode", None)

        def repeats(x, pattern, count):
            expected = (pattern * (count // len(pattern) + 1))[:count]
            alike = kind(x) == kind(pattern) and code(x) == code(pattern)
            return alike and bytes(x) == bytes(expected)

        def result_repeats(f, x, pattern, count):
            return repeats(f(x), pattern, count)

        def is_mixture(*values):
            groups = [values[i : i + 4] for i in range(0, len(values), 4)]
            return len(groups) == 8 and all(
                repeats(first, pattern, len(first)) and repeats(second, pattern, len(second))
                and len(second) > len(first) > len(pattern)
                for first, pattern, number, second in groups
            )

        def has_mixtures(x):
            return all(is_mixture(*each) for each in (x["tuple"], x["list"], x["deep"][1]["k"]))
        """);
  }

  // -- small ones --

  static Stream<Object> arrays() {
    return Stream.of(
        new boolean[] {true, false, true},
        new boolean[0],
        new short[] {Short.MIN_VALUE, 0, Short.MAX_VALUE},
        new short[0],
        new char[] {'a', '\u20ac', '\ud800', '\uffff'},
        new char[0],
        new int[] {Integer.MIN_VALUE, -1, Integer.MAX_VALUE},
        new int[0],
        new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE},
        new long[0],
        new float[] {Float.NaN, -0.0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY},
        new float[0],
        new double[] {Double.NaN, -0.0, Double.MIN_VALUE, Double.POSITIVE_INFINITY},
        new double[0],
        LongStream.range(0, 100_000).toArray());
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void primitiveArraysStayThemselves(Object array) {
    assertThat(echo(array)).isExactlyInstanceOf(array.getClass()).isEqualTo(array);
    List<?> nested = (List<?>) echo(List.of(1, array, Map.of("k", array)));
    assertThat(nested.get(1)).isEqualTo(array);
    assertThat(((Map<?, ?>) nested.get(2)).get("k")).isEqualTo(array);
    assertThat(python.call("through", (Function<Object, Object>) x -> x, array)).isEqualTo(array);
  }

  @Test
  void primitiveArraysAreArraysInPython() {
    python.run("from array import array\nimport clutch");
    assertIs(new short[] {-1}, "array('h', [-1])");
    assertIs(new char[] {'a'}, "array('H', [97])");
    assertIs(new int[] {-1}, "array('i', [-1])");
    assertIs(new long[] {-1}, "array('q', [-1])");
    assertIs(new float[] {1.5f}, "array('f', [1.5])");
    assertIs(new double[] {1.5}, "array('d', [1.5])");
    assertIs(new boolean[] {true, false}, "clutch.BooleanArray('B', [1, 0])");
    assertThat(python.call("kind", new boolean[] {true})).isEqualTo("clutch.BooleanArray");
    assertThat(python.call("list", (Object) new boolean[] {true, false}))
        .isEqualTo(List.of(1L, 0L));
  }

  @Test
  void arraysOfPythonBecomePrimitiveArrays() {
    python.run("from array import array");
    assertThat(python.eval("array('b', [-1, 2])")).isEqualTo(new byte[] {-1, 2});
    assertThat(python.eval("array('h', [-1])")).isEqualTo(new short[] {-1});
    assertThat(python.eval("array('H', [65535])")).isEqualTo(new char[] {'\uffff'});
    assertThat(python.eval("array('l', [-1])")).isEqualTo(new long[] {-1});
    assertIsObject("array('B', [1])", "array.array");
    assertIsObject("array('I', [1])", "array.array");
    assertIsObject("array('Q', [1])", "array.array");
    assertIsObject("array('u', 'x')", "array.array");
  }

  @Test
  void aSubclassOfArrayStaysAnObject() {
    python.run("from array import array\nclass Mine(array): pass");
    assertIsObject("Mine('i', [1, 2])", "__main__.Mine");
  }

  // -- large ones --

  /** What large arrays of a type repeat: of odd length, so that no piece is like the next. */
  private record Pattern(Object array, int elementSize) {
    Object repeated(int count) {
      Object repeated = Array.newInstance(array.getClass().getComponentType(), count);
      int length = Array.getLength(array);
      for (int at = 0; at < count; at += length) {
        System.arraycopy(array, 0, repeated, at, Math.min(length, count - at));
      }
      return repeated;
    }

    /** Just below, at and above the sizes where something changes. */
    List<Object> repeatedAroundLimits() {
      return IntStream.of(LARGE, 16 * LARGE, PIECE, 3 * PIECE)
          .map(bytes -> bytes / elementSize)
          .flatMap(count -> IntStream.of(count - 1, count, count + 1, count + 13))
          .mapToObj(this::repeated)
          .toList();
    }

    @Override
    public String toString() {
      return array.getClass().getSimpleName();
    }
  }

  static Stream<Pattern> patterns() {
    return Stream.of(
        new Pattern(new boolean[] {true, false, false, true, true, true, false}, 1),
        new Pattern(new byte[] {Byte.MIN_VALUE, -1, 0, 1, 2, 3, Byte.MAX_VALUE}, Byte.BYTES),
        new Pattern(new short[] {Short.MIN_VALUE, -1, 0, 1, 2, 3, Short.MAX_VALUE}, Short.BYTES),
        new Pattern(new char[] {'\0', 'a', '\u20ac', '\ud800', '\udc00', 'b', '\uffff'}, 2),
        new Pattern(new int[] {Integer.MIN_VALUE, -1, 0, 1, 2, 3, Integer.MAX_VALUE}, 4),
        new Pattern(new float[] {Float.NaN, -0.0f, 1, Float.MIN_VALUE, 0.1f, -2, 3}, Float.BYTES),
        new Pattern(new long[] {Long.MIN_VALUE, -1, 0, 1, 2, 3, Long.MAX_VALUE}, Long.BYTES),
        new Pattern(new double[] {Double.NaN, -0.0, 1, Double.MIN_VALUE, 0.1, -2, 3}, 8));
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void largeArraysCrossWhole(Pattern pattern) {
    for (Object array : pattern.repeatedAroundLimits()) {
      int count = Array.getLength(array);
      assertThat(python.call("repeats", array, pattern.array(), count))
          .as("%d elements", count)
          .isEqualTo(true);
      assertThat(echo(array)).isExactlyInstanceOf(array.getClass()).isEqualTo(array);
    }
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void largeArraysAreSet(Pattern pattern) {
    python.set("pattern", pattern.array());
    for (Object array : pattern.repeatedAroundLimits()) {
      int count = Array.getLength(array);
      python.set("stored", array);
      assertThat(python.eval("repeats(stored, pattern, " + count + ")"))
          .as("%d elements", count)
          .isEqualTo(true);
      assertThat(python.get("stored")).isEqualTo(array);
    }
  }

  /** The results are within the buffer: nothing can be passed beside it then. */
  @ParameterizedTest
  @MethodSource("patterns")
  void largeArraysAreArgumentsAndResultsOfCallbacks(Pattern pattern) {
    for (Object array : pattern.repeatedAroundLimits()) {
      int count = Array.getLength(array);
      List<Object> seen = new ArrayList<>();
      Function<Object, Object> callback =
          given -> {
            seen.add(given);
            return array;
          };
      assertThat(python.call("result_repeats", callback, array, pattern.array(), count))
          .as("%d elements", count)
          .isEqualTo(true);
      assertThat(seen.toArray()).isEqualTo(new Object[] {array});
    }
  }

  @Test
  void largeArraysAreInputsOfABatch() {
    List<Object> arrays = new ArrayList<>();
    List<Object> inputs = new ArrayList<>();
    for (Pattern pattern : patterns().toList()) {
      for (int bytes = LARGE - 8; bytes <= PIECE + 8; bytes = bytes * 4 + 40) {
        Object array = pattern.repeated(bytes / pattern.elementSize());
        arrays.add(array);
        inputs.add(new Object[] {array, pattern.array(), Array.getLength(array)});
      }
    }
    try (PyFunction repeats = python.function("repeats");
        PyFunction echo = python.function("echo")) {
      assertThat(repeats.callAll(inputs)).hasSize(inputs.size()).containsOnly(true);
      assertThat(echo.callAll(arrays).toArray()).isEqualTo(arrays.toArray());
    }
  }

  /** Four for each type: two large arrays, and between them what they repeat and a number. */
  private static Object[] mixture() {
    return patterns()
        .flatMap(
            pattern -> {
              Object first = pattern.repeated(LARGE / pattern.elementSize());
              Object second = pattern.repeated(PIECE / pattern.elementSize() + 1);
              return Stream.of(first, pattern.array(), 1L, second);
            })
        .toArray();
  }

  @Test
  void severalLargeArraysCrossAtOnce() {
    Object[] mixture = mixture();
    assertThat(python.call("is_mixture", mixture)).isEqualTo(true);
    assertThat(((List<?>) python.call("listed", mixture)).toArray()).isEqualTo(mixture);
    try (PyFunction listed = python.function("listed")) {
      Map<String, Object> keywords = new LinkedHashMap<>();
      keywords.put("first", mixture[0]);
      keywords.put("second", mixture[3]);
      Object[] all = Stream.concat(Stream.of(mixture), keywords.values().stream()).toArray();
      List<?> result = (List<?>) listed.callWith(Arrays.asList(mixture), keywords);
      assertThat(result.toArray()).isEqualTo(all);
    }
  }

  @Test
  void largeArraysCrossInContainersAmongOtherValues() {
    Object[] mixture = mixture();
    Map<String, Object> nested = new LinkedHashMap<>();
    nested.put("number", 1L);
    nested.put("tuple", mixture);
    nested.put("text", "\u20ac");
    nested.put("list", Arrays.asList(mixture));
    nested.put("deep", List.of("x", Map.of("k", Arrays.asList(mixture))));
    assertThat(python.call("has_mixtures", nested)).isEqualTo(true);
    Map<?, ?> back = (Map<?, ?>) echo(nested);
    Map<?, ?> deep = (Map<?, ?>) ((List<?>) back.get("deep")).get(1);
    for (Object list : List.of(back.get("tuple"), back.get("list"), deep.get("k"))) {
      assertThat(((List<?>) list).toArray()).isEqualTo(mixture);
    }
  }

  /** The call around it has large arrays too, and each call counts its own. */
  @Test
  void aCallbackMayCallWithLargeArrays() {
    Object[] mixture = mixture();
    JavaCallable callback =
        (args, kwargs) -> {
          assertThat(python.call("is_mixture", mixture)).isEqualTo(true);
          return args;
        };
    Object[] arguments = Stream.concat(Stream.of(callback), Stream.of(mixture)).toArray();
    List<?> result = (List<?>) python.call("through", arguments);
    assertThat(result.toArray()).isEqualTo(mixture);
  }

  @Test
  void theLargeArraysOfARefusedCallAreForgotten() {
    Object refused = List.of(new long[LARGE], new Object());
    assertThatThrownBy(() -> python.call("listed", new int[LARGE], refused))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("args[1][1] is a java.lang.Object");
    assertThat(python.call("is_mixture", mixture())).isEqualTo(true);
  }

  @Test
  void largeArraysAreCopies() {
    int[] array = new int[LARGE];
    python.set("copy", array);
    array[1] = 1;
    assertThat(python.eval("any(copy)")).isEqualTo(false);
    python.run("copy[2] = 2");
    assertThat(array[2]).isZero();
  }

  // -- programs that change array --

  /** Nothing of the program's may run while the JVM shows the content of an array. */
  @Test
  void aFrombytesOfTheProgramIsNotCalled() {
    boolean[] array = new boolean[LARGE];
    Arrays.fill(array, true);
    try (Interpreter own = Interpreters.create()) {
      own.call("len", (Object) array);
      own.run("import clutch\nclutch.BooleanArray.frombytes = lambda *args: 1 / 0");
      assertThat(own.call("sum", (Object) array)).isEqualTo((long) LARGE);
    }
  }

  @Test
  void arraysThatAreNotCPythonsAreNotFilled() {
    try (Interpreter own = Interpreters.create()) {
      own.run(
          """
          import array
          class Fake:
              def __init__(self, code): pass
              def frombytes(self, content): kept.append(content)
          kept = []
          real, array.array = array.array, Fake
          """);
      for (int count : new int[] {1, LARGE}) {
        assertThatThrownBy(() -> own.call("len", (Object) new long[count]))
            .isInstanceOf(PythonException.class)
            .hasMessageStartingWith("TypeError: ");
      }
      own.run("array.array = real");
      assertThat(own.call("len", (Object) new long[LARGE])).isEqualTo((long) LARGE);
      assertThat(own.eval("kept")).isEqualTo(List.of());
    }
  }

  /** It would keep a view of the Java heap. */
  @Test
  void aBuiltinInPlaceOfFrombytesIsNotCalled() {
    try (Interpreter own = Interpreters.create()) {
      own.run(
          """
          import array
          kept = []
          class Descriptor:
              def __get__(self, instance, owner=None):
                  return self if instance is None else kept.append
          class Fake:
              frombytes = Descriptor()
              def __init__(self, code): pass
          array.array = Fake
          """);
      assertThatThrownBy(() -> own.call("len", (Object) new long[LARGE]))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("something replaced it");
      assertThat(own.eval("kept")).isEqualTo(List.of());
    }
  }
}
