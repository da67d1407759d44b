package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What crosses in a callback, either way, besides single values. */
class CallbackValuesTest extends CallbackFixture {
  // -- Java objects in Python --

  @Test
  void callablesTellWhatTheyAre() {
    Function<Object, Object> lambda = x -> x;
    python.set("f", lambda);
    python.set("named", new Named());
    assertThat(python.eval("repr(named)")).isEqualTo("<Java " + Named.class.getName() + ">");
    assertThat(python.eval("named.__name__")).isEqualTo(Named.class.getName());
    assertThat(python.eval("repr(f)")).asString().contains("Java").contains("CallbackValuesTest");
    assertThat(python.eval("f.__name__")).asString().contains("CallbackValuesTest");
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

  // -- Python objects in Java --

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
}
