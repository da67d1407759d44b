package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.PyIterator;
import dev.clutch.PyObject;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Java iterates over Python objects. */
class PyObjectIterationTest extends PyObjectFixture {
  /** A generator that tells how far it got. */
  private static final String COUNTING =
      """
      steps = []
      def counting():
          try:
              for i in range(1000):
                  steps.append(i)
                  yield i
          finally:
              steps.append('finally')
      """;

  @Test
  void anIteratorGivesTheItems() {
    try (PyObject list = object("[1, None, 'x']");
        PyIterator items = list.iterator()) {
      assertThat(items.hasNext()).isTrue();
      assertThat(items.hasNext()).isTrue();
      assertThat(items.next()).isEqualTo(1L);
      assertThat(items.next()).isNull();
      assertThat(items.next()).isEqualTo("x");
      assertThat(items.hasNext()).isFalse();
      assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
      assertThat(items.hasNext()).isFalse();
    }
    try (PyObject number = object("5")) {
      assertThatThrownBy(number::iterator).hasMessageContaining("not iterable");
    }
  }

  @Test
  void aGeneratorRunsOnlyAsFarAsJavaAsks() {
    python.run(COUNTING);
    try (PyObject generator = object("counting()")) {
      try (PyIterator items = generator.iterator()) {
        assertThat(python.eval("steps")).isEqualTo(List.of());
        items.next();
        items.next();
        assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L));
      }
    }
    assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L, "finally"));
  }

  @Test
  void closingAStreamClosesTheGenerator() {
    python.run(COUNTING);
    try (PyObject generator = object("counting()");
        Stream<Object> items = generator.stream()) {
      assertThat(items.limit(3).toList()).isEqualTo(List.of(0L, 1L, 2L));
      assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L, 2L));
    }
    assertThat(python.eval("steps[-1]")).isEqualTo("finally");
    try (PyObject range = object("range(10_000)");
        Stream<Object> items = range.stream()) {
      assertThat(items.mapToLong(each -> (Long) each).sum()).isEqualTo(49_995_000L);
    }
  }

  @Test
  void whatAGeneratorRaisesReachesTheIterator() {
    python.run(
        """
        def failing():
            yield 1
            raise ValueError('empty')
        def stubborn():
            try:
                yield 1
            finally:
                raise KeyError('no end')
        """);
    try (PyObject generator = object("failing()");
        PyIterator items = generator.iterator()) {
      assertThat(items.next()).isEqualTo(1L);
      assertThatThrownBy(items::hasNext).hasMessage("ValueError: empty");
      assertThat(items.hasNext()).isFalse();
    }
    try (PyObject generator = object("stubborn()")) {
      PyIterator items = generator.iterator();
      items.next();
      assertThatThrownBy(items::close).hasMessageContaining("no end");
      items.close();
      assertThat(items.hasNext()).isFalse();
    }
  }

  @Test
  void aClosedIteratorHasNoMoreItems() {
    try (PyObject list = object("[1, 2]")) {
      PyIterator items = list.iterator();
      assertThat(items.hasNext()).isTrue();
      items.close();
      assertThat(items.hasNext()).isFalse();
      assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
      items.close();
    }
  }

  @Test
  void anIteratorOfAClosedInterpreterCanBeClosed() {
    Interpreter closing = Interpreters.create();
    PyIterator items = closing.eval("iter([1, 2])", PyObject.class).iterator();
    closing.close();
    assertThatThrownBy(items::hasNext).isInstanceOf(InterpreterClosedException.class);
    items.close();
    items.close();
  }
}
