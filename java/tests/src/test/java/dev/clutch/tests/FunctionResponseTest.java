package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a call with small ints answers if it is no small int: it stays in memory of the thread's
 * until Java has read it, or elsewhere if that does not hold it.
 */
class FunctionResponseTest extends FunctionFixture {
  private PyFunction answer;

  @BeforeAll
  static void defineFunctions() {
    python.run(
        """
        import datetime, decimal, uuid, weakref
        value = None
        def answer(*args):
            return value
        things = weakref.WeakSet()
        class Thing:
            def __init__(self, x):
                self.x = x
                things.add(self)
        def thing(x):
            return Thing(x)
        def many(count):
            return [Thing(i) for i in range(count)]
        def nest(levels):
            nested = [Thing(levels)]
            for _ in range(levels): nested = [nested, Thing(levels)]
            return nested
        def failing(length):
            return raising(length)
        def raising(length):
            raise ValueError('x' * length)
        def leaving(status):
            raise SystemExit(status)
        """);
  }

  @BeforeEach
  void lookUp() {
    answer = python.function("answer");
  }

  @AfterEach
  void nothingIsLeft() {
    answer.close();
    assertThat(python.eval("len(things)")).isEqualTo(0L);
  }

  /** So many small ints. */
  private static Object[] ints(int count) {
    return LongStream.range(0, count).boxed().toArray();
  }

  // -- values --

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("7", 7L),
        Arguments.of("-2 ** 55", -(1L << 55)),
        Arguments.of("2 ** 55", 1L << 55),
        Arguments.of("2 ** 63 - 1", Long.MAX_VALUE),
        Arguments.of("-2 ** 63", Long.MIN_VALUE),
        Arguments.of("2 ** 63", BigInteger.TWO.pow(63)),
        Arguments.of("-2 ** 5000", BigInteger.TWO.pow(5000).negate()),
        Arguments.of("None", null),
        Arguments.of("True", true),
        Arguments.of("False", false),
        Arguments.of("-0.0", -0.0),
        Arguments.of("float('inf')", Double.POSITIVE_INFINITY),
        Arguments.of("''", ""),
        Arguments.of("'short'", "short"),
        Arguments.of("'\\xe9\\0'", "\u00e9\0"),
        Arguments.of("'\\u20ac\\U0001f600'", "\u20ac\ud83d\ude00"),
        Arguments.of("'\\ud800'", "\ud800"),
        Arguments.of("b''", new byte[0]),
        Arguments.of("b'\\0\\xff'", new byte[] {0, -1}),
        Arguments.of("[]", List.of()),
        Arguments.of("[1, 'a', None]", Arrays.asList(1L, "a", null)),
        Arguments.of("(2 ** 55, 2.5)", List.of(1L << 55, 2.5)),
        Arguments.of("{'k': [True]}", Map.of("k", List.of(true))),
        Arguments.of("{1, 'x'}", Set.of(1L, "x")),
        Arguments.of("datetime.date(2024, 2, 29)", LocalDate.of(2024, 2, 29)),
        Arguments.of("decimal.Decimal('1.50')", new BigDecimal("1.50")),
        Arguments.of("uuid.UUID(int=1)", new UUID(0, 1)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesOfEveryKindCross(String expression, Object expected) {
    python.run("value = " + expression);
    for (int count = 0; count <= 4; count++) {
      assertThat(answer.call(ints(count))).isEqualTo(expected);
    }
  }

  @Test
  void eachAnswerIsTheOneOfItsCall() {
    List<Object> expected = values().map(each -> each.get()[1]).toList();
    python.set("value", expected);
    python.run("def pick(index): return value[index]");
    try (PyFunction pick = python.function("pick")) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < expected.size(); i++) {
          assertThat(pick.call((long) i)).isEqualTo(expected.get(i));
        }
      }
    }
  }

  // -- sizes --

  /** Some lengths are where the memory for small ones ends, whatever is before the text. */
  static IntStream lengths() {
    return IntStream.of(0, 1, 64, 65, 2_000, 3_900, 16_000, 20_000, 1 << 20)
        .flatMap(from -> IntStream.range(from, from + (from == 2_000 || from == 3_900 ? 200 : 2)));
  }

  /** No two parts of it are the same. */
  private static String text(int length, int first) {
    StringBuilder text = new StringBuilder(length + 8);
    for (int number = 0; text.length() < length; number++) {
      text.append((char) (first + number % 50)).append(number);
    }
    return text.substring(0, length);
  }

  @Test
  void textsOfAnyLengthCross() {
    lengths().forEach(length -> checkAnswer(text(length, 'A')));
  }

  @Test
  void wideTextsOfAnyLengthCross() {
    lengths().forEach(length -> checkAnswer(text(length, '\u20ac')));
  }

  @Test
  void bytesOfAnyLengthCross() {
    lengths().forEach(length -> checkAnswer(text(length, 'A').getBytes()));
    checkAnswer(text(16 * 1024 - 1, 'A').getBytes());
    checkAnswer(text(16 * 1024, 'A').getBytes());
  }

  @Test
  void listsOfAnyLengthCross() {
    for (int length :
        new int[] {1, 100, 500, 505, 506, 507, 508, 509, 510, 511, 512, 513, 100_000}) {
      checkAnswer(LongStream.range(0, length).boxed().toList());
      checkAnswer(Collections.nCopies(length, Map.of("k", "v")));
    }
  }

  private void checkAnswer(Object expected) {
    python.set("value", expected);
    for (int count = 0; count <= 3; count++) {
      assertThat(answer.call(ints(count)))
          .describedAs("after %d ints", count)
          .matches(
              actual ->
                  expected.getClass() == byte[].class
                      ? Arrays.equals((byte[]) expected, (byte[]) actual)
                      : expected.equals(actual),
              "the value");
    }
  }

  // -- objects --

  @Test
  void anObjectIsAReferenceAsAlways() {
    try (PyFunction function = python.function("thing");
        PyObject thing = (PyObject) function.call(5L);
        PyObject other = function.callAs(PyObject.class, 6L)) {
      assertThat(thing.getAttribute("x")).isEqualTo(5L);
      assertThat(other.getAttribute("x")).isEqualTo(6L);
      assertThat(python.eval("len(things)")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 100, 230, 240, 5_000})
  void objectsMayBeAsManyAsTheyLike(int count) {
    try (PyFunction many = python.function("many")) {
      List<?> things = (List<?>) many.call((long) count);
      assertThat(things).hasSize(count);
      for (int i = 0; i < count; i++) {
        try (PyObject thing = (PyObject) things.get(i)) {
          assertThat(thing.getAttribute("x")).isEqualTo((long) i);
        }
      }
    }
  }

  // -- failures --

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 2_000, 4_000, 100_000})
  void anExceptionHasItsMessageAndItsTraceback(int length) {
    try (PyFunction failing = python.function("failing")) {
      PythonException thrown =
          catchThrowableOfType(PythonException.class, () -> failing.call((long) length));
      assertThat(thrown.typeName()).isEqualTo("ValueError");
      assertThat(thrown.pythonMessage()).isEqualTo("x".repeat(length));
      assertThat(thrown.formattedTraceback()).contains("in failing").contains("in raising");
      assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("raising");
      assertThat(thrown.getStackTrace()[1].getMethodName()).isEqualTo("failing");
      assertThat(thrown.getStackTrace())
          .anyMatch(frame -> frame.getClassName().equals(FunctionResponseTest.class.getName()));
      assertThat(answer.call(1L)).isEqualTo(python.get("value"));
    }
  }

  @Test
  void whatEndsTheProgramIsAnException() {
    try (PyFunction leaving = python.function("leaving")) {
      PythonException thrown = catchThrowableOfType(PythonException.class, () -> leaving.call(7L));
      assertThat(thrown.exitStatus()).hasValue(7);
    }
  }

  @Test
  void whatACallbackThrowsIsTheCause() {
    Exception mine = new Exception("mine");
    python.set("throwing", CallbackFixture.throwing(mine));
    python.run("def through(x): return throwing(x)");
    try (PyFunction through = python.function("through")) {
      assertThatThrownBy(() -> through.call(1L)).isInstanceOf(PythonException.class).hasCause(mine);
    }
  }

  @Test
  void aResultThatCannotCrossIsRefused() {
    try (PyFunction nest = python.function("nest")) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> nest.call(1_100L))
            .isInstanceOf(NotShareableException.class)
            .hasMessageStartingWith("result[0][0]")
            .hasMessageContaining("nested deeper");
      }
      assertThat(python.eval("len(things)")).isEqualTo(0L);
      assertThat(python.function("add").call(1L, 2L)).isEqualTo(3L);
    }
  }
}
