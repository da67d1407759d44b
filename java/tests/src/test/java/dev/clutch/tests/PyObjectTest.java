package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Python objects that stay in their interpreter: what can be done with them. */
class PyObjectTest extends PyObjectFixture {
  // -- attributes --

  @Test
  void attributesAreReadWrittenAndDeleted() {
    try (PyObject thing = object("Thing(5)")) {
      assertThat(thing.getAttribute("x")).isEqualTo(5L);
      assertThat(thing.getAttribute("x", int.class)).isEqualTo(5);
      assertThat(thing.getAttribute("label", String.class)).isEqualTo("class");
      thing.setAttribute("y", List.of(1));
      assertThat(thing.getAttribute("y")).isEqualTo(List.of(1L));
      thing.setAttribute("none", null);
      assertThat(thing.getAttribute("none")).isNull();
      assertThat(thing.hasAttribute("y")).isTrue();
      thing.deleteAttribute("y");
      assertThat(thing.hasAttribute("y")).isFalse();
      assertThat(thing.interpreter()).isSameAs(python);
    }
  }

  @Test
  void missingAttributesAreAttributeErrors() {
    try (PyObject thing = object("Thing()")) {
      assertThatThrownBy(() -> thing.getAttribute("nope"))
          .isInstanceOf(PythonException.class)
          .hasMessageStartingWith("AttributeError: ");
      assertThatThrownBy(() -> thing.deleteAttribute("nope"))
          .hasMessageStartingWith("AttributeError: ");
      assertThatThrownBy(() -> thing.getAttribute("x", String.class))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("1");
    }
  }

  @Test
  void onlyAnAttributeErrorMeansThatThereIsNone() {
    python.run(
        """
        class Odd:
            @property
            def raises(self): raise ValueError('odd')
            @property
            def missing(self): raise AttributeError('gone')
        """);
    try (PyObject odd = object("Odd()")) {
      assertThat(odd.hasAttribute("missing")).isFalse();
      assertThatThrownBy(() -> odd.hasAttribute("raises")).hasMessage("ValueError: odd");
    }
  }

  // -- items --

  @Test
  void itemsOfAListAreReadWrittenAndDeleted() {
    try (PyObject list = object("[1, 2, 3, 4]");
        PyObject slice = object("slice(1, 3)")) {
      assertThat(list.getItem(0)).isEqualTo(1L);
      assertThat(list.getItem(-1)).isEqualTo(4L);
      assertThat(list.getItem(-1, int.class)).isEqualTo(4);
      assertThat(list.getItem(slice)).isEqualTo(List.of(2L, 3L));
      list.setItem(slice, List.of("x"));
      list.deleteItem(-1);
      assertThat((Object) list.as(List.class)).isEqualTo(List.of(1L, "x"));
      assertThatThrownBy(() -> list.getItem(9)).hasMessageStartingWith("IndexError: ");
      assertThatThrownBy(() -> list.getItem("k")).hasMessageStartingWith("TypeError: ");
    }
  }

  @Test
  void itemsOfADictAreReadWrittenAndDeleted() {
    try (PyObject dict = object("{'a': 1}")) {
      dict.setItem(new Object[] {1, "t"}, null);
      assertThat(dict.getItem(new Object[] {1, "t"})).isNull();
      assertThat(dict.getItem("a")).isEqualTo(1L);
      dict.deleteItem("a");
      assertThatThrownBy(() -> dict.getItem("a")).hasMessage("KeyError: 'a'");
      assertThatThrownBy(() -> dict.deleteItem(null)).hasMessage("KeyError: None");
      assertThatThrownBy(() -> dict.setItem(List.of(), 1)).hasMessageContaining("unhashable");
      assertThatThrownBy(() -> dict.setItem(1, new Object()))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("value is a java.lang.Object");
      assertThatThrownBy(() -> dict.setItem(new Object(), 1))
          .hasMessageStartingWith("key is a java.lang.Object");
    }
  }

  // -- calls --

  @Test
  void callablesAreCalled() {
    try (PyObject type = object("Thing");
        PyObject thing = type.callAs(PyObject.class, 5)) {
      assertThat(thing.callMethod("add", 1)).isEqualTo(16L);
      assertThat(thing.callMethod("add", 1, 2)).isEqualTo(8L);
      try (PyObject method = thing.getAttribute("add", PyObject.class)) {
        assertThat(method.call(1)).isEqualTo(16L);
        assertThat(method.callWith(List.of(1), Map.of("b", 0))).isEqualTo(6L);
        assertThat(method.callWith(List.of(), Map.of("a", 1, "b", 2))).isEqualTo(8L);
        assertThat(method.callAs(int.class, 1)).isEqualTo(16);
        assertThatThrownBy(method::call).hasMessageStartingWith("TypeError: ");
        assertThatThrownBy(() -> method.callWith(List.of(), Map.of("z", 1)))
            .hasMessageContaining("unexpected keyword argument 'z'");
      }
      assertThatThrownBy(thing::call).hasMessageContaining("not callable");
      assertThatThrownBy(() -> thing.callMethod("nope")).hasMessageContaining("nope");
    }
  }

  @Test
  void aFunctionHasAReferenceOfItsOwn() {
    PyObject object = object("len");
    try (PyFunction function = object.asFunction()) {
      object.close();
      assertThat(function.call("abc")).isEqualTo(3L);
    }
  }

  @Test
  void callsTakeManyArguments() {
    python.run("def count(*args, **kwargs): return len(args), list(kwargs.values())");
    try (PyObject count = object("count")) {
      for (int n : new int[] {0, 1, 15, 16, 17, 1000}) {
        assertThat(count.call(Collections.nCopies(n, 1).toArray()))
            .isEqualTo(List.of((long) n, List.of()));
        assertThat(count.callWith(Collections.nCopies(n, 1), Map.of("k", n)))
            .isEqualTo(List.of((long) n, List.of((long) n)));
      }
      assertThatThrownBy(() -> count.callWith(List.of(1, new Object()), Map.of()))
          .hasMessageStartingWith("args[1] is a java.lang.Object");
      assertThatThrownBy(() -> count.callWith(List.of(), Map.of("k", List.of(new Object()))))
          .hasMessageStartingWith("kwargs[\"k\"][0] is a java.lang.Object");
    }
  }

  // -- questions --

  @Test
  void questionsAreAnswered() {
    try (PyObject list = object("[1, 'x']");
        PyObject empty = object("[]");
        PyObject one = object("1");
        PyObject listType = object("list");
        PyObject types = object("(dict, list)")) {
      assertThat(list.len()).isEqualTo(2);
      assertThat(list.str()).isEqualTo("[1, 'x']");
      assertThat(list.repr()).isEqualTo("[1, 'x']");
      assertThat(list).hasToString("[1, 'x']");
      assertThat(list.isTrue()).isTrue();
      assertThat(empty.isTrue()).isFalse();
      assertThat(one.hash()).isEqualTo(1);
      assertThat(one.isEqualTo(1.0)).isTrue();
      assertThat(one.isEqualTo(null)).isFalse();
      assertThat(list.isEqualTo(List.of(1, "x"))).isTrue();
      assertThat(list.isEqualTo(list)).isTrue();
      assertThat(list.isInstance(listType)).isTrue();
      assertThat(list.isInstance(types)).isTrue();
      assertThat(one.isInstance(listType)).isFalse();
      assertThatThrownBy(list::hash).hasMessageContaining("unhashable");
      assertThatThrownBy(one::len).hasMessageContaining("has no len()");
      assertThatThrownBy(() -> one.isInstance(one)).hasMessageStartingWith("TypeError: ");
    }
    try (PyObject minusOne = object("-1");
        PyObject surrogate = object("'\\ud800\\U0001f600'")) {
      assertThat(minusOne.hash()).isEqualTo(-2);
      assertThat(surrogate.str()).isEqualTo("\ud800\ud83d\ude00");
    }
  }

  @Test
  void equalObjectsAreTheVerySame() {
    python.run("a, b = [], []");
    try (PyObject first = object("a");
        PyObject second = object("a");
        PyObject other = object("b")) {
      assertThat(first).isEqualTo(second).isEqualTo(first).hasSameHashCodeAs(second);
      assertThat(first).isNotEqualTo(other).isNotEqualTo(null).isNotEqualTo("a");
    }
    PyObject closed = object("a");
    closed.close();
    try (PyObject open = object("a")) {
      assertThat(open).isNotEqualTo(closed);
    }
  }

  @Test
  void toStringNeverThrows() {
    python.run("class Bad:\n    def __str__(self): raise ValueError('bad')");
    PyObject bad = object("Bad()");
    assertThat(bad.toString()).startsWith("PyObject[Interpreter[");
    assertThatThrownBy(bad::str).hasMessage("ValueError: bad");
    PyObject closed = object("[]");
    closed.close();
    assertThat(closed.toString()).contains("closed");
    Interpreter closing = Interpreters.create();
    PyObject orphan = closing.eval("[]", PyObject.class);
    closing.close();
    assertThat(orphan.toString()).contains("closed");
    bad.close();
    python.run("class Exits:\n    def __str__(self): raise SystemExit");
    try (PyObject exits = object("Exits()")) {
      assertThat(exits.toString()).startsWith("PyObject[");
    }
  }

  // -- conversion --

  @Test
  void anObjectBecomesAValue() {
    try (PyObject list = object("[1, 2.5]");
        PyObject number = object("2 ** 40");
        PyObject letter = object("'x'")) {
      assertThat((Object) list.as(List.class)).isEqualTo(List.of(1L, 2.5));
      assertThat(list.as(Object.class)).isEqualTo(List.of(1L, 2.5));
      assertThat(number.as(long.class)).isEqualTo(1L << 40);
      assertThat(number.as(double.class)).isEqualTo(0x1p40);
      assertThat(letter.as(char.class)).isEqualTo('x');
      assertThat(object("None")).isNull();
      assertThatThrownBy(() -> number.as(int.class))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining(String.valueOf(1L << 40))
          .hasMessageContaining("int");
      assertThatThrownBy(() -> python.eval("None", int.class)).hasMessageContaining("None");
      try (PyObject same = list.as(PyObject.class)) {
        assertThat(same).isEqualTo(list).isNotSameAs(list);
      }
      assertThat(list.isClosed()).isFalse();
    }
  }

  @Test
  void anObjectThatBecomesNothingIsRefused() {
    try (PyObject thing = object("Thing()")) {
      for (Class<?> type : List.of(String.class, Integer.class, int[].class, Void.class)) {
        assertThatThrownBy(() -> thing.as(type))
            .describedAs("%s", type)
            .isInstanceOf(NotShareableException.class);
      }
      assertThat(thing.getAttribute("x")).isEqualTo(1L);
    }
  }
}
