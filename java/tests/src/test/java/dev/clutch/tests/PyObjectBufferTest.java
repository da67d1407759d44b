package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Java and Python share a Python object's memory. */
class PyObjectBufferTest extends PyObjectFixture {
  @Test
  void memoryIsSharedBothWays() {
    python.run("b = bytearray(b'hello')");
    try (PyObject bytes = object("b")) {
      ByteBuffer buffer = bytes.buffer();
      assertThat(buffer.remaining()).isEqualTo(5);
      assertThat(buffer.isReadOnly()).isFalse();
      assertThat(buffer.order()).isEqualTo(ByteOrder.nativeOrder());
      buffer.put(0, (byte) 'j');
      python.run("b[4] = ord('y')");
      assertThat(python.eval("bytes(b)")).isEqualTo("jelly".getBytes());
      assertThat(buffer.get(4)).isEqualTo((byte) 'y');
    }
  }

  @Test
  void buffersOfEveryKindOfObject() {
    python.run("from array import array\na = array('i', [1, -2, 3])\nm = memoryview(a)");
    try (PyObject array = object("a");
        PyObject view = object("m[1:]");
        PyObject bytes = object("b'ab'");
        PyObject empty = object("bytearray()")) {
      assertThat(array.buffer().asIntBuffer().get(1)).isEqualTo(-2);
      ByteBuffer tail = view.buffer();
      tail.putInt(4, 99);
      assertThat(python.eval("a[2]")).isEqualTo(99L);
      assertThat(tail.remaining()).isEqualTo(8);
      ByteBuffer readOnly = bytes.buffer();
      assertThat(readOnly.isReadOnly()).isTrue();
      assertThatThrownBy(() -> readOnly.put(0, (byte) 1))
          .isInstanceOf(ReadOnlyBufferException.class);
      assertThat(empty.buffer().remaining()).isZero();
    }
  }

  @Test
  void whatHasNoContiguousMemoryHasNoBuffer() {
    try (PyObject strided = object("memoryview(bytearray(10))[::2]");
        PyObject reversed = object("memoryview(bytearray(10))[::-1]");
        PyObject number = object("5");
        PyObject text = object("'x'")) {
      assertThatThrownBy(strided::buffer)
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("not contiguous");
      assertThatThrownBy(reversed::buffer).isInstanceOf(NotShareableException.class);
      assertThatThrownBy(number::buffer).hasMessageStartingWith("TypeError: ");
      assertThatThrownBy(text::buffer).hasMessageStartingWith("TypeError: ");
    }
  }

  @Test
  void aBytearrayCannotBeResizedWhileItsBufferIsReachable() throws Exception {
    python.run("b = bytearray(10)");
    Thread.sleep(1);
    useBufferOfB();
    Throwable thrown = null;
    for (int i = 0; i < 200; i++) {
      System.gc();
      Thread.sleep(10);
      thrown = catchThrowable(() -> python.run("b.append(1)"));
      if (thrown == null) {
        break;
      }
    }
    assertThat(thrown).isNull();
    assertThat(python.eval("len(b)")).isEqualTo(11L);
  }

  private void useBufferOfB() {
    ByteBuffer slice;
    try (PyObject bytes = object("b")) {
      slice = bytes.buffer().slice(2, 4).asReadOnlyBuffer();
    }
    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThatThrownBy(() -> python.run("b.append(1)")).hasMessageStartingWith("BufferError: ");
    }
    assertThat(slice.get(0)).isZero();
  }

  @Test
  void aBufferSurvivesItsObjectAndItsInterpreter() {
    for (String expression :
        List.of(
            "bytearray(b'small')",
            "bytearray(b'small' * 100_000)",
            "b'small' * 10",
            "__import__('array').array('b', b'small')",
            "memoryview(bytearray(b'xxsmall'))[2:]")) {
      Interpreter closing = Interpreters.create();
      PyObject object = closing.eval(expression, PyObject.class);
      ByteBuffer buffer = object.buffer();
      object.close();
      closing.close();
      churn();
      byte[] content = new byte[5];
      buffer.get(0, content);
      assertThat(new String(content)).describedAs(expression).isEqualTo("small");
      if (!buffer.isReadOnly()) {
        for (int i = 0; i < buffer.limit(); i++) {
          buffer.put(i, (byte) 0x5a);
        }
      }
      churn();
    }
  }

  /** Uses memory that was freed by mistake. */
  private static void churn() {
    for (int i = 0; i < 3; i++) {
      try (Interpreter other = Interpreters.create()) {
        other.run("import json\nkept = [bytearray(b'other' * n) for n in range(2000)]");
      }
    }
  }
}
