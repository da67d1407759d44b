package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a SharedBuffer is on both sides, and how it gets from one to the other. */
@Timeout(60)
class SharedBufferTest extends ValuesFixture {
  @BeforeAll
  static void importModules() {
    python.run("import clutch");
  }

  private final SharedBuffer buffer = SharedBuffer.allocate(64);

  private static void assertRaises(String type, String message, String code) {
    assertThatThrownBy(() -> python.eval(code))
        .as(code)
        .isInstanceOfSatisfying(
            PythonException.class,
            raised -> assertThat(raised.getMessage()).contains(type).contains(message));
  }

  /** Through a queue, from Python. */
  private static Object sent(String expression) throws InterruptedException {
    try (InterpreterQueue queue = InterpreterQueue.create()) {
      python.set("q", queue);
      python.run("q.put((" + expression + "))");
      return queue.get();
    }
  }

  // -- Java --

  @Test
  void aNewOneIsZero() {
    ByteBuffer bytes = SharedBuffer.allocate(10_000).byteBuffer();
    assertThat(bytes.remaining()).isEqualTo(10_000);
    assertThat(bytes.order()).isEqualTo(ByteOrder.nativeOrder());
    while (bytes.hasRemaining()) {
      assertThat(bytes.get()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1L << 31, Long.MAX_VALUE})
  void sizesThatThereAreNot(long size) {
    assertThatThrownBy(() -> SharedBuffer.allocate(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a SharedBuffer has 1 to 2147483647 bytes (2 GiB - 1), but not " + size);
    assertRaises("Error", "", "clutch.SharedBuffer(" + size + ")");
  }

  @Test
  void theLargest() {
    SharedBuffer large = SharedBuffer.allocate(Integer.MAX_VALUE);
    large.byteBuffer().put(Integer.MAX_VALUE - 1, (byte) 7);
    python.set("large", large);
    assertThat(python.eval("len(large), large[-1]"))
        .isEqualTo(List.of((long) Integer.MAX_VALUE, 7L));
    python.run("del large");
  }

  @Test
  void slicesAndViewsAreOfTheSameMemory() {
    SharedBuffer slice = buffer.slice(16, 32);
    slice.setLong(1, 0x0102030405060708L);
    assertThat(buffer.getLong(3)).isEqualTo(0x0102030405060708L);
    assertThat(slice.slice(8, 8).getLong(0)).isEqualTo(0x0102030405060708L);
    assertThat(buffer.view("q", 2, 4).getLong(3)).isEqualTo(0x0102030405060708L);
    assertThat(slice.byteBuffer().getLong(8)).isEqualTo(0x0102030405060708L);
    assertThat(buffer.slice(64, 0).byteSize()).isZero();
    assertThatThrownBy(() -> buffer.slice(60, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.slice(-1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(0, 33)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aViewHasAFormatAndAShape() {
    assertThat(buffer.format()).isEqualTo("B");
    assertThat(buffer.shape()).containsExactly(64);
    assertThat(buffer.view("d").shape()).containsExactly(8);
    assertThat(buffer.slice(0, 63).view("i").shape()).containsExactly(15);
    assertThat(buffer.slice(0, 63).view("i").byteSize()).isEqualTo(60);
    SharedBuffer matrix = buffer.view("h", 2, 3);
    assertThat(matrix.format()).isEqualTo("h");
    assertThat(matrix.shape()).containsExactly(2, 3);
    assertThat(matrix.byteSize()).isEqualTo(12);
    matrix.shape()[0] = 5;
    assertThat(matrix.shape()).containsExactly(2, 3);
  }

  @Test
  void viewsThatThereAreNot() {
    assertThatThrownBy(() -> buffer.view("<q"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("format must be one of b B h H i I l L q Q e f d n N P ? c, but");
    assertThatThrownBy(() -> buffer.view("d", 3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a view of format d and shape [3, 3] has 72 bytes, but there are 64");
    assertThatThrownBy(() -> buffer.view("d", 1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a negative dimension: [1, -1]");
    assertThatThrownBy(() -> buffer.view("d", 1L << 40, 1L << 40, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("too large a shape");
    assertThatThrownBy(() -> buffer.view("B", new long[65]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a shape of 65 dimensions: 64 are the most");
  }

  @Test
  void equality() {
    assertThat(buffer).isEqualTo(buffer.view("B", 64)).hasSameHashCodeAs(buffer.slice(0, 64));
    assertThat(buffer)
        .isNotEqualTo(SharedBuffer.allocate(64))
        .isNotEqualTo(buffer.view("b"))
        .isNotEqualTo(buffer.view("B", 8, 8))
        .isNotEqualTo(buffer.slice(0, 32));
    assertThat(buffer.slice(0, 32)).isNotEqualTo(buffer.slice(32, 32));
    assertThat(buffer.view("q")).hasToString("SharedBuffer[64 bytes, format=q, shape=[8]]");
  }

  // -- longs --

  @Test
  void longsAreAlignedAndChecked() {
    assertThat(buffer.addLong(7, Long.MAX_VALUE)).isZero();
    assertThat(buffer.addLong(7, 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(buffer.compareAndSetLong(7, 1, 2)).isFalse();
    assertThat(buffer.compareAndSetLong(7, Long.MIN_VALUE, 2)).isTrue();
    assertThat(buffer.getLong(7)).isEqualTo(2);
    for (long index : new long[] {-1, 8, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> buffer.setLong(index, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> buffer.notifyAllLong(index))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    SharedBuffer odd = buffer.slice(12, 32);
    assertThatThrownBy(() -> odd.getLong(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("longs are aligned to 8 bytes, but this begins at byte 12 of its memory");
    assertThatThrownBy(() -> odd.waitForLong(0, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> buffer.slice(8, 7).getLong(0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void wordsInPython() {
    python.set("b", buffer.slice(8, 32));
    python.run("w = b.obj");
    python.run("w.set(0, -5)");
    assertThat(python.eval("w.add(0, 3), w.get(0)")).isEqualTo(List.of(-5L, -2L));
    assertThat(buffer.getLong(1)).isEqualTo(-2);
    assertThat(python.eval("w.compare_and_set(0, 1, 9), w.compare_and_set(0, -2, 2**63 - 1)"))
        .isEqualTo(List.of(false, true));
    assertThat(python.eval("w.add(0, 1), w.get(0)"))
        .isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE));
    assertThat(python.eval("w.notify(0), w.notify(0, count=5), w.notify_all(0)"))
        .isEqualTo(List.of(0L, 0L, 0L));
    assertRaises("IndexError", "word 4 of 4", "w.get(4)");
    assertRaises("IndexError", "word -1 of 4", "w.set(-1, 0)");
    assertRaises("IndexError", "", "w.add(2 ** 70, 0)");
    assertRaises("OverflowError", "", "w.set(0, 2 ** 63)");
    assertRaises("OverflowError", "", "w.compare_and_set(0, 0, -2 ** 63 - 1)");
    assertRaises("TypeError", "", "w.set(0, 1.5)");
    assertRaises("TypeError", "3 arguments are needed, but 1 were given", "w.compare_and_set(0)");
    assertRaises("ValueError", "count must not be negative", "w.notify(0, -1)");
    assertRaises("ValueError", "timeout must not be negative", "w.wait(0, 0, -1)");
    assertRaises("IndexError", "word 9 of 4", "w.wait(9, 0)");
    python.set("odd", buffer.slice(4, 32));
    assertRaises("ValueError", "begins at byte 4 of its memory", "odd.obj.get(0)");
  }

  // -- crossing --

  @Test
  void itIsAMemoryviewInPython() {
    python.set("m", buffer.slice(8, 48).view("i", 3, 4));
    assertThat(python.eval("kind(m), kind(m.obj), m.format, m.shape, m.nbytes, m.readonly"))
        .isEqualTo(
            List.of(
                "builtins.memoryview", "clutch.SharedBuffer", "i", List.of(3L, 4L), 48L, false));
    python.run("m[2, 3] = -7");
    assertThat(buffer.byteBuffer().getInt(8 + 44)).isEqualTo(-7);
    buffer.byteBuffer().putInt(8 + 16, 99);
    assertThat(python.eval("m[1, 0], m.tolist()[1]"))
        .isEqualTo(List.of(99L, List.of(99L, 0L, 0L, 0L)));
    assertThat(python.eval("len(m.obj), m.obj.nbytes, m.obj.format, m.obj.shape"))
        .isEqualTo(List.of(3L, 48L, "i", List.of(3L, 4L)));
    assertThat(python.eval("repr(m.obj)")).isEqualTo("<clutch.SharedBuffer of 48 bytes>");
  }

  @Test
  void theObjectComesBackAsItWent() throws InterruptedException {
    SharedBuffer matrix = buffer.slice(8, 48).view("f", 2, 0, 3);
    python.set("m", matrix);
    assertThat(python.eval("m.obj")).isEqualTo(matrix);
    assertThat(python.eval("[m.obj, {'a': m.obj}]"))
        .isEqualTo(List.of(matrix, Map.of("a", matrix)));
    assertThat(sent("m.obj, [m]")).isEqualTo(List.of(matrix, List.of(matrix)));
    Function<SharedBuffer, Object> callback = given -> given.equals(matrix) ? given : null;
    python.set("f", callback);
    assertThat(python.eval("kind(f(m.obj)), f(m.obj).shape"))
        .isEqualTo(List.of("builtins.memoryview", List.of(2L, 0L, 3L)));
    assertThat(python.eval("m.obj == m.obj.view('f', (2, 0, 3)).obj, m.obj != m.obj.view().obj"))
        .isEqualTo(List.of(true, true));
    assertThat(python.eval("hash(m.obj) == hash(m.obj.view().obj), m.obj == 5"))
        .isEqualTo(List.of(true, false));
  }

  @Test
  void aMemoryviewReturnedIsAByteBuffer() {
    python.set("m", buffer);
    ByteBuffer part = (ByteBuffer) python.eval("m[8:24]");
    part.putLong(0, 77);
    assertThat(part.order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(part.remaining()).isEqualTo(16);
    assertThat(buffer.getLong(1)).isEqualTo(77);
    ByteBuffer readOnly = (ByteBuffer) python.eval("m.toreadonly()");
    assertThat(readOnly.getLong(8)).isEqualTo(77);
    assertThatThrownBy(() -> readOnly.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    assertThat(((ByteBuffer) python.eval("m[64:]")).remaining()).isZero();
    assertRaises("ValueError", "released", "(lambda v: (v.release(), v)[1])(m[1:])");
  }

  @Test
  void slicesAndCastsAreSentWithoutACopy() throws InterruptedException {
    python.set("m", buffer);
    assertThat(sent("m")).isEqualTo(buffer);
    assertThat(sent("m[8:24]")).isEqualTo(buffer.slice(8, 16));
    assertThat(sent("m[8:24].cast('@h')")).isEqualTo(buffer.slice(8, 16).view("h"));
    assertThat(sent("m.cast('d', (2, 4))[1:]")).isEqualTo(buffer.slice(32, 32).view("d", 1, 4));
    assertThat(sent("m[5:5]")).isEqualTo(buffer.slice(5, 0));
    assertThat(((SharedBuffer) sent("m[:8].cast('q', ())")).shape()).isEmpty();
    assertThat(sent("memoryview(m.obj)")).isEqualTo(buffer);
  }

  @Test
  void whatIsCopiedNevertheless() throws InterruptedException {
    python.set("m", buffer);
    buffer.setLong(0, 1);
    for (String view :
        List.of("m.toreadonly()", "m[::2]", "m[::-1][64:64]", "memoryview(b'abc')")) {
      assertThat(sent(view)).as(view).isInstanceOf(ByteBuffer.class);
    }
    ByteBuffer copy = (ByteBuffer) sent("m.toreadonly()");
    buffer.setLong(0, 2);
    assertThat(copy.getLong(0)).isEqualTo(1);
  }

  @Test
  void whatPythonCannotDo() {
    python.run("import copy, pickle\nb = clutch.SharedBuffer(size=8)");
    assertRaises("TypeError", "not an acceptable base", "type('X', (clutch.SharedBuffer,), {})");
    assertRaises("TypeError", "", "copy.copy(b)");
    assertRaises("TypeError", "cannot pickle", "pickle.dumps(b)");
    assertRaises("TypeError", "", "object.__new__(clutch.SharedBuffer)");
    assertRaises("TypeError", "", "clutch.SharedBuffer()");
    assertRaises("TypeError", "no length", "len(b.view('q', ()).obj)");
    assertRaises("AttributeError", "", "setattr(b, 'format', 'q')");
  }

  @Test
  void betweenInterpreters() throws InterruptedException {
    try (Interpreter other = Interpreters.create();
        InterpreterQueue queue = InterpreterQueue.create()) {
      python.set("q", queue);
      other.set("q", queue);
      python.run(
          "import clutch\nmine = clutch.SharedBuffer(100)\nq.put([mine.view('H')[2:], mine])");
      other.run("theirs, whole = q.get()\ntheirs[0] = 513\nwhole.obj.set(5, 11)");
      assertThat(python.eval("mine.view()[4], mine.view()[5], mine.get(5)"))
          .isEqualTo(List.of(1L, 2L, 11L));
      assertThat(other.eval("theirs.format, theirs.shape, whole.obj == theirs.obj.view().obj"))
          .isEqualTo(List.of("H", List.of(48L), false));
      queue.put(List.of(buffer.view("q", 4, 2)));
      assertThat(other.eval("q.get()[0].shape")).isEqualTo(List.of(4L, 2L));
    }
  }
}
