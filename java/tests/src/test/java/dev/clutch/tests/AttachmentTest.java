package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyIterator;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A thread keeps an interpreter's GIL: what it can do meanwhile. */
class AttachmentTest extends AttachmentFixture {
  @Test
  void manyCallsAreMadeInside() {
    try (Attachment scope = python.attach();
        PyFunction add = python.function("add")) {
      assertThat(scope).isNotNull();
      for (int i = 0; i < 10_000; i++) {
        assertThat(add.call(i, 1)).isEqualTo(i + 1L);
      }
    }
    assertThat(python.eval("add(1, 2)")).isEqualTo(3L);
  }

  @Test
  void everythingWorksInside() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      python.run("x = [1, 2]");
      assertThat(python.get("x")).isEqualTo(List.of(1L, 2L));
      python.set("y", new byte[100_000]);
      assertThat((byte[]) python.get("y")).hasSize(100_000);
      assertThat(python.eval("'x' * 5_000_000")).asString().hasSize(5_000_000);
      try (PyObject object = python.eval("iter(x)", PyObject.class);
          PyIterator items = object.iterator()) {
        assertThat(items.next()).isEqualTo(1L);
      }
      assertThatThrownBy(() -> python.eval("1 / 0")).hasMessageContaining("division by zero");
      assertThatThrownBy(() -> python.run("def f(): f()\nf()"))
          .hasMessageContaining("RecursionError");
      assertThat(Interpreters.listAll()).contains(python);
      python.run("print('from inside', end='')");
      python.run("import gc\ngc.collect()");
    }
  }

  @Test
  void scopesNest() {
    try (Attachment outer = python.attach()) {
      try (Attachment inner = python.attach();
          Attachment innermost = python.attach()) {
        assertThat(python.eval("1")).isEqualTo(1L);
        assertThat(List.of(outer, inner, innermost)).doesNotHaveDuplicates();
      }
      assertThat(python.eval("2")).isEqualTo(2L);
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
  }

  @Test
  void closingTwiceDoesNothing() {
    Attachment scope = python.attach();
    scope.close();
    scope.close();
    try (Attachment again = python.attach()) {
      scope.close();
      assertThat(again).isNotNull();
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void anotherInterpreterIsUsedInside() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      python.run("x = 1");
      assertThat(other.eval("40 + 2")).isEqualTo(42L);
      assertThat(elsewhere(() -> other.eval("5")).join()).isEqualTo(5L);
      assertThatThrownBy(() -> other.eval("1 / 0")).isInstanceOf(PythonException.class);
      assertThat(python.get("x")).isEqualTo(1L);
      assertThat(Interpreters.getMain().eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void aSecondInterpreterCannotBeAttached() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThatThrownBy(other::attach)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another interpreter");
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void interpretersAreCreatedAndClosedInside() {
    for (Interpreter attached : List.of(python, Interpreters.getMain())) {
      try (Attachment scope = attached.attach()) {
        assertThat(scope).isNotNull();
        for (InterpreterConfig config :
            List.of(InterpreterConfig.isolated(), InterpreterConfig.legacy())) {
          try (Interpreter created = Interpreters.create(config)) {
            assertThat(created.eval("6 * 7")).isEqualTo(42L);
            assertThat(attached.eval("1")).isEqualTo(1L);
          }
        }
        Interpreter created = Interpreters.create();
        created.close(Duration.ofSeconds(5));
      }
      assertThat(elsewhere(() -> attached.eval("1")).join()).isEqualTo(1L);
    }
  }

  @Test
  void legacyInterpretersAreAttachedToo() {
    try (Interpreter legacy = Interpreters.create(InterpreterConfig.legacy());
        Interpreter second = Interpreters.create(InterpreterConfig.legacy())) {
      try (Attachment scope = legacy.attach()) {
        assertThat(scope).isNotNull();
        assertThat(legacy.eval("1")).isEqualTo(1L);
        assertThat(second.eval("2")).isEqualTo(2L);
        assertThat(Interpreters.getMain().eval("3")).isEqualTo(3L);
        assertThat(legacy.eval("4")).isEqualTo(4L);
      }
      assertThat(elsewhere(() -> Interpreters.getMain().eval("5")).join()).isEqualTo(5L);
    }
  }
}
