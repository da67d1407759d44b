package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.TypeToken;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Up to three small ints are passed without a buffer; more of them, and larger ones, with one. */
class FunctionWordsTest extends FunctionFixture {
  /** An int from here on has no word: seven bytes do not hold it. */
  private static final long LIMIT = 1L << 55;

  @BeforeAll
  static void defineFunctions() {
    python.run(
        """
        def listed(*args):
            return list(args)
        def digits(*args):
            return int(''.join(map(str, args)) or 0)
        def nothing(*args):
            pass
        def described(x):
            return type(x).__name__ + ' ' + str(x)
        def power(exponent, more):
            return 2 ** exponent + more
        def minus_power(exponent, more):
            return -2 ** exponent + more
        """);
  }

  // -- arguments --

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 9})
  void anyNumberOfIntsPassesInOrder(int count) {
    Object[] args = LongStream.rangeClosed(1, count).boxed().toArray();
    long together = LongStream.rangeClosed(1, count).reduce(0, (all, each) -> all * 10 + each);
    try (PyFunction listed = python.function("listed");
        PyFunction digits = python.function("digits")) {
      assertThat(listed.call(args)).isEqualTo(List.of(args));
      assertThat(digits.call(args)).isEqualTo(together);
      assertThat(listed.object().call(args)).isEqualTo(List.of(args));
      assertThat(digits.object().call(args)).isEqualTo(together);
    }
  }

  static LongStream numbers() {
    LongStream edges = LongStream.of(0, 1L << 8, 1L << 30, 1L << 32, 1L << 54, LIMIT, 1L << 62);
    return LongStream.concat(
        edges.flatMap(edge -> LongStream.of(edge - 1, edge, edge + 1, 1 - edge, -edge, -edge - 1)),
        LongStream.of(Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE));
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void everyIntArrivesAsItIs(long number) {
    try (PyFunction echo = python.function("echo");
        PyFunction listed = python.function("listed");
        PyFunction described = python.function("described")) {
      assertThat(echo.call(number)).isEqualTo(number);
      assertThat(described.call(number)).isEqualTo("int " + number);
      assertThat(listed.call(number, number)).isEqualTo(List.of(number, number));
      assertThat(listed.call(1L, number, 2L)).isEqualTo(List.of(1L, number, 2L));
      assertThat(listed.call(1L, 2L, number)).isEqualTo(List.of(1L, 2L, number));
      assertThat(listed.call(number, 1L, 2L, 3L)).isEqualTo(List.of(number, 1L, 2L, 3L));
    }
  }

  @Test
  void numbersOfOtherTypesAreIntsToo() {
    try (PyFunction listed = python.function("listed");
        PyFunction described = python.function("described")) {
      assertThat(listed.call(1, (short) 2, (byte) 3)).isEqualTo(List.of(1L, 2L, 3L));
      assertThat(listed.call(1L, 2, BigInteger.TEN)).isEqualTo(List.of(1L, 2L, 10L));
      for (Object five : List.of(5, 5L, (short) 5, (byte) 5, BigInteger.valueOf(5))) {
        assertThat(described.call(five)).isEqualTo("int 5");
      }
      BigInteger large = BigInteger.TWO.pow(200);
      assertThat(listed.call(1L, large, 2L)).isEqualTo(List.of(1L, large, 2L));
    }
  }

  @Test
  void intsPassBesideOtherArguments() {
    try (PyFunction listed = python.function("listed");
        PyFunction described = python.function("described")) {
      for (Object other :
          Arrays.asList("x", null, true, false, 2.5, List.of(1L), "x".repeat(9000))) {
        assertThat(listed.call(1L, other)).isEqualTo(Arrays.asList(1L, other));
        assertThat(listed.call(other, 1L, 2L)).isEqualTo(Arrays.asList(other, 1L, 2L));
        assertThat(listed.call(1L, 2L, other)).isEqualTo(Arrays.asList(1L, 2L, other));
      }
      assertThat(described.call(true)).isEqualTo("bool True");
      assertThatThrownBy(() -> listed.call(1L, new Object()))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[1] is a java.lang.Object");
    }
  }

  // -- results --

  @Test
  void resultsMayBeIntsOfAnySize() {
    try (PyFunction power = python.function("power");
        PyFunction minusPower = python.function("minus_power")) {
      for (int exponent = 0; exponent <= 130; exponent++) {
        BigInteger expected = BigInteger.TWO.pow(exponent);
        for (long more = -1; more <= 1; more++) {
          BigInteger added = BigInteger.valueOf(more);
          assertThat(power.call((long) exponent, more)).isEqualTo(value(expected.add(added)));
          assertThat(minusPower.call((long) exponent, more))
              .isEqualTo(value(expected.negate().add(added)));
        }
      }
    }
  }

  /** As an int crosses: as a Long if one holds it. */
  private static Object value(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  @Test
  void resultsAreConverted() {
    try (PyFunction add = python.function("add");
        PyFunction nothing = python.function("nothing");
        PyFunction listed = python.function("listed");
        PyFunction described = python.function("described")) {
      assertThat(add.callAs(int.class, 1L, 2L)).isEqualTo(3);
      assertThat(nothing.callAs(Integer.class, 1L, 2L)).isNull();
      assertThatThrownBy(() -> nothing.callAs(int.class, 1L)).hasMessageContaining("None");
      assertThat(add.callAs(double.class, 1L, 2L)).isEqualTo(3.0);
      assertThat(add.callAs(BigInteger.class, LIMIT - 1, 1L)).isEqualTo(BigInteger.valueOf(LIMIT));
      assertThat(described.callAs(String.class, 5L)).isEqualTo("int 5");
      assertThat(listed.callAs(new TypeToken<List<Integer>>() {}, 1L, 2L)).isEqualTo(List.of(1, 2));
      assertThatThrownBy(() -> add.callAs(byte.class, 100L, 100L))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("200");
      assertThatThrownBy(() -> add.callAs(String.class, 1L, 2L))
          .isInstanceOf(NotShareableException.class);
      assertThatThrownBy(() -> described.callAs(int.class, 1L))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("int 1");
    }
  }

  @Test
  void aResultMayBeAskedForAsAnObject() {
    try (PyFunction add = python.function("add");
        PyFunction named = python.function("named");
        PyObject three = add.callAs(PyObject.class, 1L, 2L);
        PyObject pair = named.callAs(PyObject.class, 1L, 2L)) {
      assertThat(three.repr()).isEqualTo("3");
      assertThat(pair.repr()).isEqualTo("([1, 2], [])");
    }
  }

  // -- refusals --

  @Test
  void aWrongNumberOfArgumentsIsATypeError() {
    try (PyFunction add = python.function("add");
        PyFunction echo = python.function("echo")) {
      for (Object[] args :
          List.of(new Object[0], new Object[] {1L, 2L, 3L}, new Object[] {1L, 2L, 3L, 4L})) {
        assertThatThrownBy(() -> add.call(args))
            .isInstanceOf(PythonException.class)
            .hasMessageStartingWith("TypeError: ")
            .hasMessageContaining("add()");
        assertThat(add.call(1L, 2L)).isEqualTo(3L);
      }
      assertThatThrownBy(echo::call).hasMessageContaining("'x'");
    }
  }

  @Test
  void whatIsClosedCannotBeCalled() {
    PyFunction closed = python.function("add");
    closed.close();
    assertThatThrownBy(() -> closed.call(1L, 2L))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    Interpreter closing = Interpreters.create();
    PyFunction orphan = closing.function("max");
    assertThat(orphan.call(1L, 2L, 3L)).isEqualTo(3L);
    closing.close();
    assertThatThrownBy(() -> orphan.call(1L, 2L, 3L))
        .isInstanceOf(InterpreterClosedException.class);
    assertThatThrownBy(() -> orphan.callAs(int.class, 1L, 2L))
        .isInstanceOf(InterpreterClosedException.class);
    assertThatThrownBy(() -> orphan.object().call(1L, 2L))
        .isInstanceOf(InterpreterClosedException.class);
    orphan.close();
  }

  @Test
  void callsEndWhenAnotherThreadClosesTheInterpreter() throws Exception {
    for (int round = 0; round < 20; round++) {
      Interpreter closing = Interpreters.create();
      PyFunction max = closing.function("max");
      CompletableFuture<Throwable> calls = new CompletableFuture<>();
      Thread caller = new Thread(() -> calls.complete(catchThrowable(() -> callForEver(max))));
      caller.start();
      closeWhenNobodyIsInside(closing);
      assertThat(calls.get(60, TimeUnit.SECONDS)).isInstanceOf(InterpreterClosedException.class);
      caller.join();
    }
  }

  private static void callForEver(PyFunction max) {
    for (long n = 1; true; n++) {
      assertThat(max.call(n, 0L)).isEqualTo(n);
    }
  }

  private static void closeWhenNobodyIsInside(Interpreter closing) {
    while (!closing.isClosed()) {
      try {
        closing.close();
      } catch (InterpreterBusyException busy) {
        Thread.onSpinWait();
      }
    }
  }
}
