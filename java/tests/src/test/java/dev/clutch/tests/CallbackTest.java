package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.JavaCallable;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.internal.JavaObjects;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleFunction;
import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleToIntFunction;
import java.util.function.DoubleToLongFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongToIntFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Python calls Java. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallbackTest {
  private static Interpreter python;
  private static Interpreter other;

  @BeforeAll
  static void createInterpreters() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.run(
          """
          import clutch
          def call(f, *args, **kwargs):
              return f(*args, **kwargs)
          def deep(levels):
              value = []
              for _ in range(levels): value = [value]
              return value
          """);
    }
  }

  @AfterAll
  static void closeInterpreters() {
    python.close();
    other.close(Duration.ofSeconds(10));
  }

  // -- arguments and results --

  /** Making a date of a response runs Python code; here it calls back, as a destructor might. */
  @Test
  void aCallbackMayComeWhileTheResponseOfAnotherIsRead() {
    python.set("inner", (Supplier<Object>) () -> two());
    python.set("outer", (Supplier<Object>) () -> List.of(LocalDate.EPOCH, two()));
    python.run("import clutch; clutch._make_date = lambda ordinal: inner()");
    assertThat(python.eval("[f() for f in outer()]")).isEqualTo(List.of(2L, 2L));
  }

  private static Supplier<Object> two() {
    return () -> 2L;
  }

  @Test
  void aJavaCallableGetsArgumentsAndKeywordsInOrder() {
    JavaCallable callable =
        (args, kwargs) -> List.of(args, List.copyOf(kwargs.entrySet()).toString());
    python.set("f", callable);
    assertThat(python.eval("f()")).isEqualTo(List.of(List.of(), "[]"));
    assertThat(python.eval("f(1, 'x', b=2, a=3)"))
        .isEqualTo(List.of(List.of(1L, "x"), "[b=2, a=3]"));
    assertThat(python.eval("f(*range(300), **{'k%d' % i: i for i in (9, 1, 5)})[1]"))
        .isEqualTo("[k9=9, k1=1, k5=5]");
  }

  @Test
  void whatAJavaCallableGetsCannotBeModified() {
    List<Throwable> thrown = new ArrayList<>();
    JavaCallable callable =
        (args, kwargs) -> {
          thrown.add(catchThrowable(() -> args.add(1)));
          thrown.add(catchThrowable(() -> args.set(0, 1)));
          thrown.add(catchThrowable(() -> kwargs.put("x", 1)));
          return null;
        };
    python.set("f", callable);
    assertThat(python.eval("f(None, k=None)")).isNull();
    assertThat(python.eval("f(None)")).isNull();
    assertThat(thrown)
        .hasSize(6)
        .allSatisfy(each -> assertThat(each).isInstanceOf(UnsupportedOperationException.class));
  }

  @Test
  void keywordsMayHaveAnyName() {
    JavaCallable callable = (args, kwargs) -> kwargs;
    python.set("f", callable);
    assertThat(python.eval("f(**{'': 1, 'a b': 2, '\\u20ac': 3})"))
        .isEqualTo(Map.of("", 1L, "a b", 2L, "\u20ac", 3L));
    assertThat(python.eval("f(**{'\\ud800': 1})")).isEqualTo(Map.of("\ud800", 1L));
  }

  @Test
  void aKeywordThatIsTooDeepIsReported() {
    python.set("f", (JavaCallable) (args, kwargs) -> kwargs);
    assertThatThrownBy(() -> python.eval("f(key=deep(1100))"))
        .hasMessageContaining("key[0][0]")
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> python.eval("f(1, deep(1100))")).hasMessageContaining("args[1][0]");
    assertThat(python.eval("f(key=1)")).isEqualTo(Map.of("key", 1L));
  }

  @Test
  void aKeywordThatIsNoUtf8IsReportedToo() {
    python.set("f", (JavaCallable) (args, kwargs) -> kwargs);
    assertThatThrownBy(() -> python.eval("f(**{'\\ud800': deep(1100)})"))
        .hasMessageContaining("nested deeper");
    assertThat(python.eval("f(key=1)")).isEqualTo(Map.of("key", 1L));
  }

  /** Python's {@code args}, the function, and what {@code repr(f(*args))} is. */
  static Stream<Arguments> functions() {
    List<Object> seen = new ArrayList<>();
    return Stream.of(
        Arguments.of("7", (Function<Object, Object>) x -> x, "7"),
        Arguments.of("7, 8", (BiFunction<Long, Long, Object>) (x, y) -> x + y, "15"),
        Arguments.of("'a'", (UnaryOperator<String>) x -> x + x, "'aa'"),
        Arguments.of("'a', 'b'", (BinaryOperator<String>) (x, y) -> x + y, "'ab'"),
        Arguments.of("1", (Predicate<Long>) x -> x == 1, "True"),
        Arguments.of("1, 2", (BiPredicate<Long, Long>) (x, y) -> x > y, "False"),
        Arguments.of("1", (Consumer<Object>) seen::add, "None"),
        Arguments.of("1, 2", (BiConsumer<Object, Object>) (x, y) -> seen.add(y), "None"),
        Arguments.of("", (Supplier<Object>) () -> "s", "'s'"),
        Arguments.of("", (Callable<Object>) () -> null, "None"),
        Arguments.of("", (Runnable) seen::clear, "None"),
        Arguments.of("", (BooleanSupplier) () -> true, "True"),
        Arguments.of("", (IntSupplier) () -> 3, "3"),
        Arguments.of("", (LongSupplier) () -> 4, "4"),
        Arguments.of("", (DoubleSupplier) () -> 2, "2.0"),
        Arguments.of("3, 4", (IntBinaryOperator) (x, y) -> x * y, "12"),
        Arguments.of("3, 4", (LongBinaryOperator) (x, y) -> x * y, "12"),
        Arguments.of("3, 4.5", (DoubleBinaryOperator) (x, y) -> x * y, "13.5"),
        Arguments.of("3", (IntUnaryOperator) x -> -x, "-3"),
        Arguments.of("3", (LongUnaryOperator) x -> -x, "-3"),
        Arguments.of("3", (DoubleUnaryOperator) x -> -x, "-3.0"),
        Arguments.of("3", (IntFunction<Object>) x -> "i" + x, "'i3'"),
        Arguments.of("3", (LongFunction<Object>) x -> "l" + x, "'l3'"),
        Arguments.of("3.5", (DoubleFunction<Object>) x -> "d" + x, "'d3.5'"),
        Arguments.of("3", (IntPredicate) x -> x == 3, "True"),
        Arguments.of("3", (LongPredicate) x -> x == 3, "True"),
        Arguments.of("3.0", (DoublePredicate) x -> x == 3, "True"),
        Arguments.of("3", (IntConsumer) seen::add, "None"),
        Arguments.of("3", (LongConsumer) seen::add, "None"),
        Arguments.of("3.0", (DoubleConsumer) seen::add, "None"),
        Arguments.of("3", (IntToLongFunction) x -> x * 2L, "6"),
        Arguments.of("3", (IntToDoubleFunction) x -> x / 2.0, "1.5"),
        Arguments.of("3", (LongToIntFunction) x -> (int) x, "3"),
        Arguments.of("3", (LongToDoubleFunction) x -> x / 2.0, "1.5"),
        Arguments.of("3.7", (DoubleToIntFunction) x -> (int) x, "3"),
        Arguments.of("3.7", (DoubleToLongFunction) x -> (long) x, "3"),
        Arguments.of("'abc'", (ToIntFunction<String>) String::length, "3"),
        Arguments.of("'abc'", (ToLongFunction<String>) String::length, "3"),
        Arguments.of("'abc'", (ToDoubleFunction<String>) String::length, "3.0"),
        Arguments.of("'a', 'b'", (ToIntBiFunction<String, String>) String::compareTo, "-1"),
        Arguments.of("1, 2", (ToLongBiFunction<Long, Long>) Long::sum, "3"),
        Arguments.of("1, 2", (ToDoubleBiFunction<Long, Long>) (x, y) -> x + y, "3.0"),
        Arguments.of("'a', 2", (ObjIntConsumer<String>) (x, y) -> seen.add(x), "None"),
        Arguments.of("'a', 2", (ObjLongConsumer<String>) (x, y) -> seen.add(x), "None"),
        Arguments.of("'a', 2.0", (ObjDoubleConsumer<String>) (x, y) -> seen.add(x), "None"),
        Arguments.of("1, 2", Comparator.<Long>naturalOrder(), "-1"));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void everyFunctionalInterfaceCanBeCalled(String args, Object function, String expected) {
    python.set("f", function);
    assertThat(python.eval("repr(f(" + args + "))")).isEqualTo(expected);
    assertThat(python.eval("callable(f)")).isEqualTo(true);
    assertThat(python.get("f")).isSameAs(function);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theNumberOfArgumentsIsChecked(String args, Object function, String expected) {
    python.set("f", function);
    int arity = args.isEmpty() ? 0 : args.split(",").length;
    String expectation =
        "takes %d argument%s but %d were given".formatted(arity, arity == 1 ? "" : "s", arity + 4);
    assertThatThrownBy(() -> python.eval("f(1, 2, 3, 4" + ", 5".repeat(arity) + ")"))
        .isInstanceOf(PythonException.class)
        .hasMessageStartingWith("TypeError: ")
        .hasMessageContaining(expectation);
    assertThatThrownBy(() -> python.eval("f(" + (arity == 0 ? "" : args + ", ") + "k=1)"))
        .hasMessageContaining("takes no keyword arguments");
  }

  /** One with types of its own. */
  @FunctionalInterface
  interface Typed {
    Object take(int number, byte small, float real, String text, List<?> list, char letter);

    default Typed self() {
      return this;
    }
  }

  @Test
  void typedParametersAreConvertedExactly() {
    Typed typed = (i, b, f, text, list, letter) -> List.of(i, b, f, text, list, letter);
    python.set("f", typed);
    assertThat(python.eval("f(1, -128, 1.5, 'x', (1, 2), 'y')"))
        .isEqualTo(List.of(1L, -128L, 1.5, "x", List.of(1L, 2L), "y"));
    assertThatThrownBy(() -> python.eval("f(2 ** 31, 0, 0.0, '', [], 'y')"))
        .hasMessageContaining("args[0]")
        .hasMessageContaining("2147483648")
        .hasMessageContaining("int");
    assertThatThrownBy(() -> python.eval("f(1, 128, 0.0, '', [], 'y')"))
        .hasMessageContaining("args[1]")
        .hasMessageContaining("byte");
    assertThatThrownBy(() -> python.eval("f(None, 0, 0.0, '', [], 'y')"))
        .hasMessageContaining("args[0] is None");
    assertThatThrownBy(() -> python.eval("f(1, 0, 0.0, 5, [], 'y')"))
        .hasMessageContaining("args[3]")
        .hasMessageContaining("String");
    assertThatThrownBy(() -> python.eval("f(1, 0, 0.0, '', [], 'yy')"))
        .hasMessageContaining("args[5]");
  }

  @Test
  void intOperatorsRefuseWhatDoesNotFit() {
    IntBinaryOperator add = Integer::sum;
    python.set("add", add);
    assertThatThrownBy(() -> python.eval("add(2 ** 31, 1)")).hasMessageContaining("args[0]");
    assertThatThrownBy(() -> python.eval("add(1, 1.5)")).hasMessageContaining("args[1]");
    assertThatThrownBy(() -> python.eval("add(1, 2 ** 70)")).hasMessageContaining("args[1]");
  }

  @Test
  void aWrongTypeInAnUntypedLambdaIsAClassCastException() {
    Function<String, Object> length = String::length;
    python.set("f", length);
    assertThatThrownBy(() -> python.eval("f(1)"))
        .isInstanceOf(PythonException.class)
        .hasCauseInstanceOf(ClassCastException.class);
  }

  @Test
  void aComparatorSortsInPython() {
    python.set("compare", Comparator.comparing((String s) -> s.length()).reversed());
    python.run("import functools");
    assertThat(python.eval("sorted(['a', 'ccc', 'bb'], key=functools.cmp_to_key(compare))"))
        .isEqualTo(List.of("ccc", "bb", "a"));
  }

  @Test
  void callablesTellWhatTheyAre() {
    Function<Object, Object> lambda = x -> x;
    python.set("f", lambda);
    python.set("named", new Named());
    assertThat(python.eval("repr(named)")).isEqualTo("<Java " + Named.class.getName() + ">");
    assertThat(python.eval("named.__name__")).isEqualTo(Named.class.getName());
    assertThat(python.eval("repr(f)")).asString().contains("Java").contains("CallbackTest");
    assertThat(python.eval("f.__name__")).asString().contains("CallbackTest");
    assertThat(python.eval("type(f) is clutch.JavaObject")).isEqualTo(true);
    assertThatThrownBy(() -> python.eval("clutch.JavaObject()")).hasMessageContaining("TypeError");
    assertThatThrownBy(() -> python.run("f.__name__ = 'x'")).isInstanceOf(PythonException.class);
    assertThat(python.eval("hash(f) == hash(f) and f == f and {f: 1}[f]")).isEqualTo(1L);
  }

  /** A class with a name. */
  static final class Named implements Supplier<Object> {
    @Override
    public Object get() {
      return 1;
    }
  }

  @Test
  void callablesCrossInContainersAndAreReturnedByCallbacks() {
    Supplier<Object> inner = () -> 42;
    Supplier<Object> outer = () -> Map.of("list", List.of(inner));
    python.set("outer", outer);
    python.set("all", Map.of("k", List.of(outer, inner)));
    assertThat(python.eval("outer()['list'][0]()")).isEqualTo(42L);
    assertThat(python.eval("all['k'][0]()['list'][0]()")).isEqualTo(42L);
    assertThat(python.eval("all")).isEqualTo(Map.of("k", List.of(outer, inner)));
    assertThat(python.eval("[outer(), all['k']]"))
        .isEqualTo(List.of(Map.of("list", List.of(inner)), List.of(outer, inner)));
  }

  @Test
  void resultsThatCannotCrossAreExceptionsInPython() {
    python.set("f", (Supplier<Object>) () -> List.of(1, new Object()));
    assertThatThrownBy(() -> python.eval("f()"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("the callback's result[1] is a java.lang.Object")
        .hasCauseInstanceOf(NotShareableException.class);
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  @Test
  void argumentsThatAreNoValuesArriveAsObjects() {
    List<Object> seen = new ArrayList<>();
    python.set("f", (Consumer<Object>) seen::add);
    python.run("class Thing:\n    def __init__(self): self.x = 5\nf(Thing())\nf([Thing()])");
    try (PyObject thing = (PyObject) seen.get(0);
        PyObject nested = (PyObject) ((List<?>) seen.get(1)).get(0)) {
      assertThat(thing.getAttribute("x")).isEqualTo(5L);
      assertThat(nested.getAttribute("x")).isEqualTo(5L);
    }
  }

  @Test
  void objectsMayBeReturnedByCallbacks() {
    try (PyObject thing = python.eval("object()", PyObject.class)) {
      python.set("give", (Supplier<Object>) () -> List.of(thing));
      python.set("thing", thing);
      assertThat(python.eval("give()[0] is thing")).isEqualTo(true);
    }
  }

  @Test
  void objectsOfOtherInterpretersAreRefusedAsResults() {
    try (PyObject foreign = other.eval("object()", PyObject.class)) {
      python.set("give", (Supplier<Object>) () -> List.of(0, foreign));
      assertThatThrownBy(() -> python.eval("give()"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("cannot be used in another interpreter")
          .hasMessageContaining("the callback's result[1]");
    }
  }

  @Test
  void callablesAreForgottenWhenPythonDropsThem() {
    python.run("import gc\ngc.collect()");
    int before = JavaObjects.count();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      python.call("call", (Supplier<Object>) () -> List.of(number, (Runnable) () -> {}));
      assertFails(() -> python.call("no_such_function", (Runnable) () -> {}));
      assertFails(() -> python.call("call", (Runnable) () -> {}, new Object()));
      assertFails(() -> python.call("len", (Runnable) () -> {}, new byte[20_000]));
    }
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before + 5);
  }

  @Test
  void callablesAreForgottenWhenAnotherArgumentIsRefusedInAnyWay() {
    PyObject closed = python.eval("object()", PyObject.class);
    closed.close();
    int before = JavaObjects.count();
    try (PyObject foreign = other.eval("object()", PyObject.class);
        PyFunction function = python.function("call")) {
      for (int i = 0; i < 100; i++) {
        Runnable callback = () -> {};
        assertFails(() -> python.call("call", callback, closed));
        assertFails(() -> python.call("call", callback, foreign));
        assertFails(() -> function.call(callback, closed));
        assertFails(() -> function.callAll(List.of(callback, closed)));
        assertFails(
            () -> function.callWith(List.of(callback), Collections.singletonMap("k", foreign)));
        assertFails(() -> python.call("call", callback, new Lying()));
      }
    }
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before + 5);
  }

  private static void assertFails(ThrowingCallable use) {
    assertThatThrownBy(use).isInstanceOf(RuntimeException.class);
  }

  /** A list that is not as long as it says. */
  private static final class Lying extends java.util.AbstractList<Object> {
    @Override
    public Object get(int index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int size() {
      return 2;
    }
  }

  // -- Java calls Python again --

  @Test
  void aCallbackMayUseItsOwnAndOtherInterpreters() {
    python.set("own", (Function<Object, Object>) x -> python.eval("40 + " + x));
    python.set("others", (Function<Object, Object>) x -> other.eval("40 + " + x));
    assertThat(python.eval("[own(2), others(3), own(4)]")).isEqualTo(List.of(42L, 43L, 44L));
  }

  @Test
  void callsNestDeeplyThroughBothLanguages() {
    python.run("def down(n, f):\n    return 0 if n == 0 else 1 + f(n - 1)");
    other.run("def down(n, f):\n    return 0 if n == 0 else 1 + f(n - 1)");
    class Down implements Function<Object, Object> {
      @Override
      public Object apply(Object n) {
        Interpreter next = (Long) n % 2 == 0 ? python : other;
        return next.call("down", n, this);
      }
    }
    assertThat(python.call("down", 100, new Down())).isEqualTo(100L);
  }

  @Test
  void aCallbackMayIterateWhatItIsCalledFrom() {
    python.set("total", (Function<PyObject, Object>) CallbackTest::sum);
    assertThat(python.eval("total(x * x for x in range(10))")).isEqualTo(285L);
  }

  private static long sum(PyObject generator) {
    try (generator;
        Stream<Object> items = generator.stream()) {
      return items.mapToLong(each -> (Long) each).sum();
    }
  }

  // -- exceptions --

  private static Function<Object, Object> throwing(Throwable thrown) {
    return x -> CallbackTest.<RuntimeException>sneaky(thrown);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> Object sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void pythonSeesClassMessageAndStackOfAJavaException() {
    python.set("f", throwing(new IOException("disk full")));
    python.run(
        """
        try:
            f(1)
        except clutch.JavaException as e:
            import traceback
            caught = e
            text = ''.join(traceback.format_exception(e))
        """);
    assertThat(python.eval("caught.java_class, caught.java_message, str(caught)"))
        .isEqualTo(List.of("java.io.IOException", "disk full", "java.io.IOException: disk full"));
    assertThat(python.eval("text"))
        .asString()
        .contains("clutch.JavaException: java.io.IOException: disk full")
        .contains("at dev.clutch.tests.CallbackTest");
    assertThat(python.eval("isinstance(caught, Exception)")).isEqualTo(true);
    python.run("del caught");
  }

  @Test
  void anExceptionWithoutMessageHasNone() {
    python.set("f", throwing(new IllegalStateException()));
    python.run("try: f(1)\nexcept clutch.JavaException as e: seen = e.java_message, str(e)");
    assertThat(python.eval("seen"))
        .isEqualTo(Arrays.asList(null, "java.lang.IllegalStateException"));
  }

  @Test
  void theMessageMayContainAnyCharacter() {
    for (String text : List.of("", "\u0000", "\u20ac", "\ud83d\ude00", "\ud800", "%s %d %n{0}")) {
      Exception thrown = new Exception(text);
      python.set("f", throwing(thrown));
      PythonException caught =
          catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
      assertThat(caught).hasCause(thrown);
      assertThat(caught.getCause()).isSameAs(thrown);
      assertThat(caught.pythonMessage()).isEqualTo("java.lang.Exception: " + text);
    }
  }

  @Test
  void uncaughtItIsTheVerySameCause() {
    Exception thrown = new Exception("mine");
    python.set("f", throwing(thrown));
    PythonException caught = catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
    assertThat(caught.getCause()).isSameAs(thrown);
    assertThat(caught.typeName()).isEqualTo("clutch.JavaException");
    assertThat(caught.exitStatus()).isEmpty();
  }

  @Test
  void errorsAreExceptionsInPythonToo() {
    class Exhausted extends VirtualMachineError {
      private static final long serialVersionUID = 1L;
    }
    for (Throwable thrown :
        List.of(
            new Exhausted(), new AssertionError("a"), new LinkageError(), new ThreadDeathLike())) {
      python.set("f", throwing(thrown));
      PythonException caught =
          catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
      assertThat(caught.getCause()).isSameAs(thrown);
    }
  }

  /** Not an Exception, not an Error. */
  private static final class ThreadDeathLike extends Throwable {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aStackOverflowInJavaIsAnExceptionInPython() {
    python.set("f", (Function<Object, Object>) CallbackTest::overflow);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> python.eval("f(1)"))
          .isInstanceOf(PythonException.class)
          .hasCauseInstanceOf(StackOverflowError.class);
    }
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  private static Object overflow(Object x) {
    return overflowFurther(List.of(x));
  }

  private static Object overflowFurther(Object x) {
    return List.of(overflow(x), x);
  }

  /** An exception that cannot even describe itself. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new UnsupportedOperationException("no message");
    }
  }

  @Test
  void anExceptionThatCannotDescribeItselfIsStillTheCause() {
    Mute thrown = new Mute();
    python.set("f", throwing(thrown));
    PythonException caught = catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
    assertThat(caught).isNotNull();
    assertThat(caught.getCause() == thrown).isTrue();
  }

  @Test
  void pythonExceptionsPassThroughJavaAsTheirOwnCause() {
    python.set("again", (Function<Object, Object>) x -> python.eval("1 / 0"));
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> python.eval("again(1)"));
    assertThat(caught.getCause())
        .isInstanceOf(PythonException.class)
        .hasMessage("ZeroDivisionError: division by zero");
  }

  @Test
  void aJavaExceptionRaisedAgainKeepsItsCause() {
    Exception thrown = new Exception("first");
    python.set("f", throwing(thrown));
    python.run(
        """
        def again():
            try:
                f(1)
            except clutch.JavaException as e:
                raise e
        def other():
            try:
                f(1)
            except clutch.JavaException as e:
                raise ValueError('mine') from e
        """);
    assertThatThrownBy(() -> python.call("again")).hasCause(thrown);
    assertThatThrownBy(() -> python.call("other"))
        .isInstanceOf(PythonException.class)
        .hasMessage("ValueError: mine");
  }

  @Test
  void pythonMayRaiseAJavaExceptionItself() {
    assertThatThrownBy(() -> python.run("raise clutch.JavaException('made up')"))
        .isInstanceOf(PythonException.class)
        .hasNoCause()
        .hasMessageContaining("made up");
    assertThatThrownBy(
            () -> python.run("e = clutch.JavaException('x')\ne._throwable = len\nraise e"))
        .isInstanceOf(PythonException.class)
        .hasNoCause();
  }

  // -- stack traces --

  @Test
  void theStackTraceIsInterleavedInOrder() {
    python.set("f", (Function<Object, Object>) x -> javaInner());
    python.run(
        "def python_inner():\n    return f(1)\ndef python_outer():\n    return python_inner()");
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> javaOuter("python_outer"));
    assertThat(methods(caught))
        .containsSubsequence("javaInner", "python_inner", "python_outer", "javaOuter")
        .containsOnlyOnce("javaInner", "python_inner", "python_outer", "javaOuter");
    assertThat(methods(caught).get(0)).isEqualTo("javaInner");
  }

  private static Object javaInner() {
    throw new IllegalStateException("inner");
  }

  private static @Nullable Object javaOuter(String function) {
    return python.call(function);
  }

  private static List<String> methods(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .map(StackTraceElement::getMethodName)
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .toList();
  }

  @Test
  void theStackTraceIsInterleavedThroughTwoLevels() {
    python.set("lower", (Function<Object, Object>) x -> javaInner());
    python.set("upper", (Function<Object, Object>) x -> javaMiddle());
    python.run(
        "def python_lower():\n    return lower(1)\ndef python_upper():\n    return upper(1)");
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> javaOuter("python_upper"));
    assertThat(methods(caught))
        .containsSubsequence("javaInner", "python_lower", "javaMiddle", "python_upper", "javaOuter")
        .containsOnlyOnce("javaInner", "python_lower", "javaMiddle", "python_upper", "javaOuter");
    assertThat(caught.getCause()).isInstanceOf(PythonException.class);
    assertThat(caught.getCause().getCause()).isInstanceOf(IllegalStateException.class);
  }

  private static @Nullable Object javaMiddle() {
    return python.call("python_lower");
  }

  // -- threads --

  @Test
  void callbacksRunOnTheCallersThread() {
    AtomicReference<Thread> seen = new AtomicReference<>();
    python.set("f", (Runnable) () -> seen.set(Thread.currentThread()));
    python.eval("f()");
    assertThat(seen.get()).isSameAs(Thread.currentThread());
  }

  @Test
  void pythonThreadsCallBackAsDaemonsAndDetachWhenTheyEnd() throws Exception {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger calls = new AtomicInteger();
    python.set(
        "f",
        (Function<Object, Object>)
            x -> {
              seen.add(Thread.currentThread());
              calls.incrementAndGet();
              assertThat(Thread.currentThread().isDaemon()).isTrue();
              return python.eval("2 * " + x);
            });
    python.run(
        """
        import threading
        results = []
        def work(n):
            for i in range(20):
                results.append(f(n) == 2 * n)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(40)]
        for t in threads: t.start()
        for t in threads: t.join()
        """);
    assertThat(calls).hasValue(800);
    assertThat(python.eval("len(results) == 800 and all(results)")).isEqualTo(true);
    assertThat(seen).hasSize(40);
    awaitEnd(seen);
  }

  /** The thread has left Python before it detaches from the JVM. */
  private static void awaitEnd(Set<Thread> threads) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (threads.stream().anyMatch(Thread::isAlive) && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(threads).noneMatch(Thread::isAlive);
  }

  @Test
  void anExceptionInAPythonThreadsCallbackIsPythonsToHandle() {
    python.set("f", throwing(new Exception("in a thread")));
    python.run(
        """
        import threading
        seen = []
        def work():
            try:
                f(1)
            except clutch.JavaException as e:
                seen.append(e.java_message)
        t = threading.Thread(target=work)
        t.start()
        t.join()
        """);
    assertThat(python.eval("seen")).isEqualTo(List.of("in a thread"));
  }

  @Test
  void manyJavaThreadsCallBackAtOnce() throws Exception {
    python.set("f", (Function<Object, Object>) x -> python.eval("1 + " + x));
    List<Thread> threads = new ArrayList<>();
    AtomicInteger right = new AtomicInteger();
    for (int i = 0; i < 16; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 200; n++) {
                  if (python.eval("f(" + number + ")").equals(1L + number)) {
                    right.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(right).hasValue(3200);
  }

  // -- the end --

  @Test
  void exitFunctionsAndDestructorsMayCallBackWhileTheInterpreterCloses() {
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    Interpreter closing = Interpreters.create();
    closing.set("f", (Consumer<Object>) seen::add);
    closing.run(
        """
        import atexit, sys
        atexit.register(f, 'exit')
        class Late:
            def __del__(self, f=f):
                try:
                    f('late')
                except BaseException:
                    pass
        sys.late = Late()
        late = Late()
        """);
    closing.close();
    assertThat(seen).contains("exit");
  }

  @Test
  void closingAnInterpreterForgetsItsCallables() {
    int before = JavaObjects.count();
    Interpreter closing = Interpreters.create();
    for (int i = 0; i < 100; i++) {
      closing.set("f" + i, (Runnable) () -> {});
    }
    closing.run("import sys\nsys.kept = [f0]");
    closing.close();
    assertThat(JavaObjects.count()).isLessThanOrEqualTo(before);
  }
}
