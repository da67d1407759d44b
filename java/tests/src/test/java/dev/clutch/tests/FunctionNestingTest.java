package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Calls with small ints, whose answers are in memory of the thread's: what one answers, no other
 * overwrites, be it on another thread or deeper in the same one.
 */
class FunctionNestingTest extends FunctionFixture {
  private static final String FUNCTIONS =
      """
      class Thing:
          def __init__(self, x):
              self.x = x
      def answer(kind, number):
          if kind == 0: return number
          if kind == 1: return 'x' * number
          if kind == 2: return number / 2
          if kind == 3: return [number, None, 'é' * number]
          if kind == 4: raise ValueError(number)
          if kind == 5: return 2 ** 70 + number
          if kind == 6: return [Thing(number), number, Thing(-number)]
          return None
      def texts(length):
          return ['x' * length, 'y' * length]
      """;

  private static Interpreter other;

  private PyFunction answer;
  private PyFunction texts;

  @BeforeAll
  static void defineFunctions() {
    other = Interpreters.create();
    python.run(FUNCTIONS);
    other.run(FUNCTIONS);
  }

  @AfterAll
  static void closeTheOther() {
    other.close();
  }

  @BeforeEach
  void lookUp() {
    answer = python.function("answer");
    texts = python.function("texts");
  }

  @AfterEach
  void close() {
    answer.close();
    texts.close();
  }

  /** Calls for a result of each kind. */
  private static void check(PyFunction answer, int number) {
    assertThat(answer.call(0L, (long) number)).isEqualTo((long) number);
    assertThat(answer.call(1L, (long) number)).isEqualTo("x".repeat(number));
    assertThat(answer.call(2L, (long) number)).isEqualTo(number / 2.0);
    assertThat(answer.call(3L, (long) number))
        .isEqualTo(Arrays.asList((long) number, null, "\u00e9".repeat(number)));
    assertThatThrownBy(() -> answer.call(4L, (long) number)).hasMessage("ValueError: " + number);
    assertThat(answer.call(5L, (long) number))
        .isEqualTo(BigInteger.TWO.pow(70).add(BigInteger.valueOf(number)));
    checkObjects((List<?>) answer.call(6L, (long) number), number);
    assertThat(answer.call(7L, (long) number)).isNull();
  }

  private static void checkObjects(List<?> answered, int number) {
    assertThat(answered.get(1)).isEqualTo((long) number);
    try (PyObject first = (PyObject) answered.get(0);
        PyObject last = (PyObject) answered.get(2)) {
      assertThat(first.getAttribute("x")).isEqualTo((long) number);
      assertThat(last.getAttribute("x")).isEqualTo((long) -number);
    }
  }

  private static List<String> bothTexts(int length) {
    return List.of("x".repeat(length), "y".repeat(length));
  }

  // -- one thread --

  @Test
  void oneResultAfterAnotherIsRight() {
    for (int number = 0; number < 5_000; number += 97) {
      check(answer, number);
    }
  }

  @Test
  void twoInterpretersAreUsedInTurn() {
    try (PyFunction another = other.function("answer")) {
      for (int number = 0; number < 5_000; number += 487) {
        check(answer, number);
        check(another, number + 1);
      }
    }
  }

  @Test
  void anAttachedThreadGetsTheSameAnswers() {
    try (Attachment scope = python.attach();
        PyFunction another = other.function("answer")) {
      assertThat(scope).isNotNull();
      for (int number = 0; number < 5_000; number += 487) {
        check(answer, number);
        check(another, number + 1);
      }
    }
    check(answer, 10);
  }

  // -- levels --

  /** What each level answers is read after all that is below it was called. */
  @Test
  void everyLevelHasItsOwnResult() {
    python.run(
        """
        def descend(n):
            below = down(n - 1) if n else None
            result = [n, n / 4, str(n) * n * 100, 2 ** (60 + n)][n % 4]
            return [result, below]
        """);
    try (PyFunction descend = python.function("descend")) {
      python.set("down", (Function<Long, Object>) n -> between(descend.call(n), n.intValue()));
      for (long levels = 0; levels <= 20; levels++) {
        assertThat(descend.call(levels)).isEqualTo(expectedOf(levels));
      }
    }
  }

  /** Calls for more before an answer is handed on. */
  private Object between(@Nullable Object answered, int n) {
    check(answer, n);
    return answered;
  }

  private static List<Object> expectedOf(long n) {
    Object result =
        switch ((int) n % 4) {
          case 0 -> n;
          case 1 -> n / 4.0;
          case 2 -> String.valueOf(n).repeat((int) n * 100);
          default -> value(BigInteger.TWO.pow(60 + (int) n));
        };
    return Arrays.asList(result, n == 0 ? null : expectedOf(n - 1));
  }

  private static Object value(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  @Test
  void aLevelMayFailAndTheNextOneCatchIt() {
    python.run(
        """
        def fall(n):
            if n == 0: raise ValueError('bottom')
            return further(n - 1)
        """);
    List<Object> caught = new ArrayList<>();
    try (PyFunction fall = python.function("fall")) {
      Function<Long, Object> further =
          n -> {
            try {
              return fall.call(n);
            } catch (PythonException e) {
              caught.add(e.getMessage());
              throw e;
            }
          };
      python.set("further", further);
      assertThatThrownBy(() -> fall.call(5L)).isInstanceOf(PythonException.class);
      assertThat(caught).hasSize(5);
      assertThat(caught.get(0)).isEqualTo("ValueError: bottom");
      check(answer, 100);
    }
  }

  /** Not too many levels, because every exception tells of all those below it. */
  @Test
  void levelsWithoutEndAreAnError() {
    python.run("import sys\nsys.setrecursionlimit(100)\ndef deeper(n): return again(n + 1)");
    try (PyFunction deeper = python.function("deeper")) {
      python.set("again", (Function<Long, Object>) n -> deeper.call(n));
      assertThatThrownBy(() -> deeper.call(0L))
          .isInstanceOf(PythonException.class)
          .rootCause()
          .hasMessageStartingWith("RecursionError: ");
    } finally {
      python.run("sys.setrecursionlimit(1000)");
    }
    check(answer, 100);
  }

  /** The result is written when it goes, but not read yet. */
  @Test
  void theDestructorOfAResultMayCallToo() {
    List<Object> seen = new ArrayList<>();
    python.set("late", (Function<Long, Object>) length -> seen.add(texts.call(length)));
    python.run(
        """
        class Dying(list):
            def __del__(self): late(len(self[0]) + 1)
        def dying(length):
            return Dying(['a' * length, 'b' * length])
        """);
    try (PyFunction dying = python.function("dying")) {
      for (int length : new int[] {10, 500, 3_000}) {
        seen.clear();
        assertThat(dying.call((long) length))
            .isEqualTo(List.of("a".repeat(length), "b".repeat(length)));
        assertThat(seen).isEqualTo(List.of(bothTexts(length + 1)));
      }
    }
  }

  @Test
  void hashCodesMayCallWhileAResultIsRead() {
    List<Object> seen = new ArrayList<>();
    AskingKey key = new AskingKey(() -> seen.add(texts.call(3L)));
    python.set("keys", List.of(key, "second"));
    python.run(
        """
        def keyed(length):
            return [{keys[0]: 'a' * length, keys[1]: 'b' * length}, {keys[0]}, 'end']
        """);
    try (PyFunction keyed = python.function("keyed")) {
      List<?> answered = (List<?>) keyed.call(10L);
      assertThat(answered.get(2)).isEqualTo("end");
      assertThat(answered.get(1)).isEqualTo(Set.of(key));
      assertThat(((Map<?, ?>) answered.get(0)).get(key)).isEqualTo("a".repeat(10));
      assertThat(((Map<?, ?>) answered.get(0)).get("second")).isEqualTo("b".repeat(10));
      assertThat(seen).isNotEmpty().containsOnly(bothTexts(3));
    }
  }

  // -- threads --

  @Test
  void manyThreadsGetTheirOwnAnswers() throws Exception {
    try (PyFunction another = other.function("answer")) {
      Threads.inParallel(
          8,
          number -> {
            for (int round = 0; round < 40; round++) {
              check(round % 2 == 0 ? answer : another, number * 100 + round * 10);
            }
          });
    }
  }

  @Test
  void manyThreadsNestTheirCalls() throws Exception {
    python.run("def through(length): return [back(length), 'z' * length]");
    try (PyFunction through = python.function("through")) {
      python.set("back", (Function<Long, Object>) length -> texts.call(length));
      Threads.inParallel(8, number -> checkThrough(through, number));
    }
  }

  private static void checkThrough(PyFunction through, int number) {
    for (int length = number; length < 2_000; length += 50) {
      assertThat(through.call((long) length))
          .isEqualTo(List.of(bothTexts(length), "z".repeat(length)));
    }
  }

  /**
   * Registering objects takes a lock, at which a virtual thread may leave its carrier to others.
   */
  @Test
  void virtualThreadsGetTheirOwnObjects() throws Exception {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    String many = "def many(x): return [Thing(x) if i % 2 else x for i in range(200)]";
    python.run(many);
    other.run(many);
    try (PyFunction first = python.function("many");
        PyFunction second = other.function("many")) {
      Threads.inVirtualThreads(
          200,
          number -> {
            PyFunction function = number % 2 == 0 ? first : second;
            for (int round = 0; round < 10; round++) {
              checkMany((List<?>) function.call((long) number), number);
            }
          });
    }
  }

  private static void checkMany(List<?> answered, long number) {
    assertThat(answered).hasSize(200);
    for (int i = 0; i < 200; i += 2) {
      assertThat(answered.get(i)).isEqualTo(number);
      try (PyObject thing = (PyObject) answered.get(i + 1)) {
        assertThat(thing.getAttribute("x")).isEqualTo(number);
      }
    }
  }

  @Test
  void virtualThreadsGetTheirOwnAnswers() throws Exception {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    Threads.inVirtualThreads(
        200,
        number -> {
          for (int round = 0; round < 5; round++) {
            check(answer, number * 10 + round);
            Thread.yield();
          }
        });
  }
}
