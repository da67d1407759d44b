package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.Interpreters;
import dev.clutch.JavaCallable;
import dev.clutch.PythonException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Python calls Java with small ints: up to three are passed without a buffer; more of them, larger
 * ones, and whatever else there is, with one.
 */
class CallbackWordsTest extends CallbackFixture {
  private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void setCallback() {
    JavaCallable see =
        (args, keywords) -> {
          seen.addAll(args);
          return args;
        };
    python.set("see", see);
  }

  // -- arguments --

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1, -2", "3, 2, 1", "0, 0, 0", "1, 2, 3, 4", "1, 2, 3, 4, 5"})
  void anyNumberOfIntsArrivesInOrder(String args) {
    assertThat(python.eval("see(" + args + ") == [" + args + "]")).isEqualTo(true);
    assertThat(seen).isEqualTo(python.eval("[" + args + "]"));
    assertThat(seen).hasOnlyElementsOfType(Long.class);
  }

  /** CPython has an int below 2 ** 30 in one piece: larger ones take another way. */
  @ParameterizedTest
  @ValueSource(ints = {0, 8, 15, 29, 30, 31, 32, 54, 55, 56, 60, 62, 63, 64, 90, 1000})
  void everyIntArrivesAsItIs(int exponent) {
    BigInteger power = BigInteger.TWO.pow(exponent);
    for (int more = -1; more <= 1; more++) {
      for (BigInteger each : List.of(power, power.negate())) {
        BigInteger number = each.add(BigInteger.valueOf(more));
        seen.clear();
        assertThat(python.eval("see(NUMBER) == [NUMBER]".replace("NUMBER", "(" + number + ")")))
            .isEqualTo(true);
        assertThat(python.eval("see(1, " + number + ", 2)[1] == " + number)).isEqualTo(true);
        assertThat(seen).isEqualTo(List.of(value(number), 1L, value(number), 2L));
      }
    }
  }

  /** As an int crosses: as a Long if one holds it. */
  private static Object value(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  @Test
  void aBoolIsNoInt() {
    python.eval("[see(True), see(1, False), see(True, 0, 1), see(1, 2, True)]");
    assertThat(seen).isEqualTo(List.of(true, 1L, false, true, 0L, 1L, 1L, 2L, true));
    python.set("negate", (LongUnaryOperator) x -> -x);
    assertThat(python.eval("negate(1)")).isEqualTo(-1L);
    assertThatThrownBy(() -> python.eval("negate(True)")).hasMessageContaining("args[0]");
  }

  @Test
  void anIntOfASubclassIsAnInt() {
    python.run(
        """
        import enum
        class Mine(int):
            def __index__(self): raise ValueError('not asked for')
            __int__ = __index__
        class Level(enum.IntEnum):
            LOW = 1
            HIGH = 2 ** 40
        class Flags(enum.IntFlag):
            A = 1
            B = 2
        """);
    python.eval("[see(Mine(5)), see(1, Mine(2 ** 70)), see(Level.LOW, 2, Level.HIGH)]");
    python.eval("see(Flags.A | Flags.B)");
    assertThat(seen).isEqualTo(List.of(5L, 1L, BigInteger.TWO.pow(70), 1L, 2L, 1L << 40, 3L));
  }

  @Test
  void intsArriveBesideOtherArguments() {
    python.eval("[see(1, 'x'), see(None, 2, 3), see(4, 5.5), see(6, 7, [8])]");
    assertThat(seen).isEqualTo(Arrays.asList(1L, "x", null, 2L, 3L, 4L, 5.5, 6L, 7L, List.of(8L)));
  }

  @Test
  void thereAreManyWaysToCall() {
    python.set("add", (LongBinaryOperator) Long::sum);
    python.set("minus", (Function<Long, Object>) x -> -x);
    python.run("import functools");
    assertThat(python.eval("sum(map(minus, range(100)))")).isEqualTo(-4950L);
    assertThat(python.eval("sorted([1, 3, 2], key=minus)")).isEqualTo(List.of(3L, 2L, 1L));
    assertThat(python.eval("functools.partial(add, 1)(2)")).isEqualTo(3L);
    assertThat(python.eval("functools.reduce(add, range(10))")).isEqualTo(45L);
    assertThat(python.eval("add(*(1, 2), **{}), add.__call__(3, 4)")).isEqualTo(List.of(3L, 7L));
    assertThat(python.eval("type('Adder', (), {'__init__': lambda s: None, 'f': add})().f(5, 6)"))
        .isEqualTo(11L);
  }

  @Test
  void keywordsMayBeIntsToo() {
    JavaCallable callable = (args, keywords) -> List.of(args, keywords);
    python.set("f", callable);
    assertThat(python.eval("f(1, 2)")).isEqualTo(List.of(List.of(1L, 2L), Map.of()));
    assertThat(python.eval("f(1, k=2)")).isEqualTo(List.of(List.of(1L), Map.of("k", 2L)));
    assertThat(python.eval("f(k=1, l=2 ** 40)"))
        .isEqualTo(List.of(List.of(), Map.of("k", 1L, "l", 1L << 40)));
    assertThat(python.eval("f(1, **{})")).isEqualTo(List.of(List.of(1L), Map.of()));
  }

  @Test
  void whatAJavaCallableGetsCannotBeModified() {
    List<Throwable> thrown = new ArrayList<>();
    JavaCallable callable =
        (args, keywords) -> {
          thrown.add(catchThrowable(() -> args.set(0, 1)));
          thrown.add(catchThrowable(() -> args.add(1)));
          thrown.add(catchThrowable(() -> keywords.put("x", 1)));
          return args;
        };
    python.set("f", callable);
    assertThat(python.eval("f(5)")).isEqualTo(List.of(5L));
    assertThat(thrown)
        .hasSize(3)
        .allSatisfy(each -> assertThat(each).isInstanceOf(UnsupportedOperationException.class));
  }

  // -- results --

  static Stream<Object> results() {
    Stream<Object> integers =
        Stream.of(7, (short) -7, (byte) 0, 1.5f, 2.5, true, false, "", "text");
    Stream<Object> longs =
        Stream.of(30, 54, 55, 56, 62)
            .map(exponent -> 1L << exponent)
            .flatMap(edge -> Stream.of(edge - 1, edge, -edge, -edge - 1));
    Stream<Object> others =
        Stream.of(
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            BigInteger.TWO.pow(100),
            "x".repeat(500),
            "x".repeat(5_000),
            "\u20ac".repeat(1 << 20),
            new byte[20_000],
            List.of(1L, "a"),
            Map.of("k", List.of()),
            new Object[] {1, 2},
            LocalDate.EPOCH);
    return Stream.of(integers, longs, others).flatMap(Function.identity());
  }

  @ParameterizedTest
  @MethodSource("results")
  void resultsOfEveryKindCross(Object result) {
    python.set("f", (JavaCallable) (args, keywords) -> result);
    python.set("expected", result);
    for (String args : List.of("", "1", "1, 2", "1, 2, 3", "1, 2, 3, 4")) {
      assertThat(python.eval("f(ARGS) == expected".replace("ARGS", args))).isEqualTo(true);
      assertThat(python.eval("type(f(ARGS)) is type(expected)".replace("ARGS", args)))
          .isEqualTo(true);
    }
  }

  @Test
  void eachResultIsTheOneOfItsCall() {
    List<Object> results = new ArrayList<>(results().toList());
    results.add(null);
    python.set("pick", (Function<Long, Object>) index -> results.get(index.intValue()));
    python.set("expected", results);
    assertThat(python.eval("[pick(i) for i in range(len(expected))] == expected")).isEqualTo(true);
    assertThat(python.eval("[pick(i) for i in range(len(expected))][-1] is None")).isEqualTo(true);
  }

  @Test
  void aResultMayBeCallableWithInts() {
    python.set("adder", (Function<Long, Object>) x -> (Function<Long, Object>) y -> x + y);
    assertThat(python.eval("[adder(i)(10) for i in range(3)]")).isEqualTo(List.of(10L, 11L, 12L));
  }

  // -- failures --

  @Test
  void aWrongNumberOfIntsIsATypeError() {
    python.set("none", (Supplier<Object>) () -> 0);
    python.set("one", (Function<Object, Object>) x -> x);
    python.set("two", (BiFunction<Long, Long, Object>) Long::sum);
    for (String call : List.of("none(1)", "one()", "one(1, 2)", "two(1)", "two(1, 2, 3, 4)")) {
      assertThatThrownBy(() -> python.eval(call))
          .isInstanceOf(PythonException.class)
          .hasMessageStartingWith("TypeError: ")
          .hasMessageContaining("argument");
    }
    assertThatThrownBy(() -> python.eval("one(1, k=2)")).hasMessageContaining("no keyword");
    assertThatThrownBy(() -> python.eval("one(x=1)")).hasMessageContaining("no keyword");
    assertThat(python.eval("none() + one(1) + two(2, 3)")).isEqualTo(6L);
  }

  @Test
  void whatJavaThrowsIsAnException() {
    Exception thrown = new Exception("mine");
    python.set("fail", throwing(thrown));
    assertThatThrownBy(() -> python.eval("fail(1)"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("java.lang.Exception: mine")
        .hasCause(thrown);
    python.run(
        """
        def attempt(n):
            try:
                return fail(n)
            except clutch.JavaException as e:
                return [e.java_message, n]
        """);
    assertThat(python.eval("[attempt(1), see(2), attempt(3)]"))
        .isEqualTo(List.of(List.of("mine", 1L), List.of(2L), List.of("mine", 3L)));
  }

  @Test
  void aResultThatCannotCrossIsAnException() {
    python.set("f", (Function<Object, Object>) x -> List.of(x, new Object()));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> python.eval("f(1)"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("the callback's result[1] is a java.lang.Object");
      assertThat(python.eval("see(2)")).isEqualTo(List.of(2L));
    }
  }

  // -- threads and the end --

  @Test
  void everyThreadOfPythonGetsItsOwnResults() {
    python.set(
        "text", (BiFunction<Long, Long, Object>) (n, length) -> n + "x".repeat(length.intValue()));
    python.run(
        """
        import threading
        wrong = []
        def work(n):
            for length in range(0, 6000, 50):
                if text(n, length) != str(n) + 'x' * length or see(n, length) != [n, length]:
                    wrong.append((n, length))
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for t in threads: t.start()
        for t in threads: t.join()
        """);
    assertThat(python.eval("wrong")).isEqualTo(List.of());
  }

  @Test
  void everyThreadOfJavaGetsItsOwnArguments() throws Exception {
    python.set("again", (Function<Long, Object>) n -> python.call("twice", n));
    python.run("def twice(n): return [n, 'x' * n]");
    Threads.inParallel(
        8,
        number -> {
          for (int n = number; n < 2_000; n += 20) {
            assertThat(python.eval("again(" + n + ")")).isEqualTo(List.of((long) n, "x".repeat(n)));
          }
        });
  }

  @Test
  void javaIsCalledWithIntsWhileTheInterpreterCloses() {
    Interpreter closing = Interpreters.create();
    closing.set("f", (Consumer<Object>) seen::add);
    closing.run(
        """
        import atexit, sys
        atexit.register(f, 1)
        class Late:
            def __del__(self, f=f):
                try:
                    f(2)
                except BaseException:
                    pass
        sys.late = Late()
        late = Late()
        """);
    closing.close();
    assertThat(seen).contains(1L);
  }

  @Test
  void theInterpreterCannotBeClosedMeanwhile() {
    Interpreter closing = Interpreters.create();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Function<Object, Object> closes =
        x -> {
          thrown.set(catchThrowable(closing::close));
          return x;
        };
    closing.set("closes", closes);
    assertThat(closing.eval("closes(1) + closes(2)")).isEqualTo(3L);
    assertThat(thrown.get()).isInstanceOf(InterpreterBusyException.class);
    closing.close();
  }
}
