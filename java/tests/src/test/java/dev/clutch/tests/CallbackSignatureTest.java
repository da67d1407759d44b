package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.PythonException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which Java objects Python can call, and with which arguments. */
class CallbackSignatureTest extends CallbackFixture {
  // -- functional interfaces --

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

  @Test
  void aComparatorSortsInPython() {
    python.set("compare", Comparator.comparing((String s) -> s.length()).reversed());
    python.run("import functools");
    assertThat(python.eval("sorted(['a', 'ccc', 'bb'], key=functools.cmp_to_key(compare))"))
        .isEqualTo(List.of("ccc", "bb", "a"));
  }

  // -- types of parameters --

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
}
