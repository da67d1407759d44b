package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import dev.clutch.TypeToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Python objects implement Java interfaces. */
class PyProxyTest extends PyObjectFixture {
  /** What Python implements. */
  interface Greeter {
    String greet(String name);

    int count();

    void forget();

    default String twice(String name) {
      return greet(name) + greet(name);
    }

    default String overridden() {
      return "java";
    }

    default String failing() {
      throw new IllegalStateException("default");
    }

    List<String> names();
  }

  @Test
  void anObjectImplementsAnInterface() {
    python.run(
        """
        class Greeter:
            def __init__(self): self.seen = []
            def greet(self, name):
                self.seen.append(name)
                return 'hello ' + name
            def count(self): return len(self.seen)
            def forget(self): self.seen.clear(); return 'ignored'
            def overridden(self): return 'python'
            def names(self): return self.seen
            def __str__(self): return 'a greeter'
        """);
    try (PyObject object = object("Greeter()")) {
      Greeter greeter = object.as(Greeter.class);
      assertThat(greeter.greet("a")).isEqualTo("hello a");
      assertThat(greeter.twice("b")).isEqualTo("hello bhello b");
      assertThat(greeter.count()).isEqualTo(3);
      assertThat(greeter.overridden()).isEqualTo("python");
      assertThat(greeter.names()).isEqualTo(List.of("a", "b", "b"));
      greeter.forget();
      assertThat(greeter.count()).isZero();
      assertThat(greeter).hasToString("a greeter");
      assertThat(greeter).isEqualTo(object.as(Greeter.class)).isNotEqualTo(null).isNotEqualTo("x");
      assertThat(greeter.hashCode()).isEqualTo(object.as(Greeter.class).hashCode());
      assertThatThrownBy(greeter::failing)
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("default");
    }
  }

  @Test
  void aProxysErrorsAreTheOnesOfTheObject() {
    python.run(
        "class Bad:\n"
            + "    def count(self): return 'x'\n"
            + "    def greet(self, name): raise KeyError(name)");
    try (PyObject object = object("Bad()")) {
      Greeter greeter = object.as(Greeter.class);
      assertThatThrownBy(greeter::count).isInstanceOf(NotShareableException.class);
      assertThatThrownBy(() -> greeter.greet("k")).hasMessage("KeyError: 'k'");
      assertThatThrownBy(greeter::names).hasMessageStartingWith("AttributeError: ");
    }
  }

  @Test
  void aProxyWorksUntilItsObjectIsClosed() {
    PyObject object = object("Thing()");
    Greeter greeter = object.as(Greeter.class);
    object.close();
    assertThatThrownBy(greeter::count).isInstanceOf(IllegalStateException.class);
  }

  @SuppressWarnings("unchecked")
  @Test
  void functionalInterfacesAreImplementedByCallables() throws Exception {
    try (PyObject identity = object("lambda x: x");
        PyObject add = object("lambda x, y: x + y");
        PyObject three = object("lambda: 3")) {
      Function<Object, Object> function = identity.as(Function.class);
      assertThat(function.apply("x")).isEqualTo("x");
      assertThat(function.apply(List.of(1L))).isEqualTo(List.of(1L));
      assertThat(function.apply(null)).isNull();
      assertThat(function.andThen(x -> x + "!").apply("x")).isEqualTo("x!");
      BiFunction<Object, Object, Object> sum = add.as(BiFunction.class);
      assertThat(sum.apply(1, 2)).isEqualTo(3L);
      IntBinaryOperator intSum = add.as(IntBinaryOperator.class);
      assertThat(intSum.applyAsInt(1, 2)).isEqualTo(3);
      assertThat(three.as(Supplier.class).get()).isEqualTo(3L);
      assertThat(three.as(Callable.class).call()).isEqualTo(3L);
      Predicate<Object> predicate = identity.as(Predicate.class);
      assertThat(predicate.test(true)).isTrue();
      assertThat(predicate.negate().test(true)).isFalse();
      three.as(Runnable.class).run();
    }
  }

  @SuppressWarnings("unchecked")
  @Test
  void aLambdaIsAComparator() {
    List<String> words = new ArrayList<>(List.of("ccc", "a", "bb"));
    Comparator<String> byLength = python.eval("lambda a, b: len(a) - len(b)", Comparator.class);
    words.sort(byLength);
    assertThat(words).containsExactly("a", "bb", "ccc");
    words.sort(byLength.reversed());
    assertThat(words).containsExactly("ccc", "bb", "a");
  }

  @Test
  void typeArgumentsOfAProxyAreHeeded() {
    TypeToken<Function<Long, String>> type = new TypeToken<>() {};
    Function<Long, String> text = python.eval("lambda x: str(x)", type);
    assertThat(text.apply(5L)).isEqualTo("5");
    assertThat(python.eval("[1, 2]", new TypeToken<List<Long>>() {})).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void anObjectIsAJavaIterator() {
    python.run(
        """
        class Steps:
            def __init__(self): self.left = 3
            def hasNext(self): return self.left > 0
            def next(self):
                self.left -= 1
                return self.left
        """);
    Iterator<?> steps = python.eval("Steps()", Iterator.class);
    List<Object> seen = new ArrayList<>();
    steps.forEachRemaining(seen::add);
    assertThat(seen).isEqualTo(List.of(2L, 1L, 0L));
    assertThatThrownBy(steps::remove).isInstanceOf(UnsupportedOperationException.class);
  }
}
