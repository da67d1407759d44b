package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import dev.clutch.internal.SharedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long the memory of a SharedBuffer stays, and what asks for it by the buffer protocol. */
@Tag("jni")
@Timeout(120)
class SharedBufferLifetimeTest {
  private static final int MIB = 1 << 20;

  private Interpreter python;

  @BeforeEach
  void open() throws InterruptedException {
    python = Interpreters.create();
    awaitTotal(0);
    python.run("import array, clutch, struct");
  }

  @AfterEach
  void close() {
    if (!python.isClosed()) {
      python.close();
    }
  }

  /** Until there are so many bytes of shared memory. */
  private static void awaitTotal(long bytes) throws InterruptedException {
    for (int i = 0; SharedMemory.total() != bytes && i < 500; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(SharedMemory.total()).isEqualTo(bytes);
  }

  private static long residentMib() throws IOException {
    return ResidentSize.kib() / 1024;
  }

  // -- freeing --

  @Test
  void residentOnceForAllInterpreters() throws Exception {
    List<Interpreter> four = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      four.add(Interpreters.create());
    }
    SharedBuffer large = SharedBuffer.allocate(256 * MIB);
    long before = residentMib();
    for (Interpreter each : four) {
      each.set("m", large);
    }
    assertThat(residentMib() - before).as("untouched").isLessThan(64);
    for (Interpreter each : four) {
      each.run("for i in range(0, len(m), 4096): m[i] += 1");
    }
    assertThat(residentMib() - before).as("touched by four").isBetween(200L, 400L);
    assertThat(large.byteBuffer().get(123 * 4096)).isEqualTo((byte) 4);
    four.forEach(Interpreter::close);
    large = null;
    awaitTotal(0);
    assertThat(residentMib() - before).as("freed").isLessThan(64);
  }

  @Test
  void pythonFreesItAtOnce() {
    python.run("b = clutch.SharedBuffer(12345)\nm = b.view()[5:]\ndel b");
    assertThat(SharedMemory.total()).isEqualTo(12345);
    python.run("m.release()");
    assertThat(SharedMemory.total()).isZero();
    python.run("b = clutch.SharedBuffer(12345)");
    python.close();
    assertThat(SharedMemory.total()).isZero();
  }

  /** Java refuses such a set, and has the buffer then. */
  @Test
  void whatComesWithARefusedValueIsFreed() throws InterruptedException {
    assertThatThrownBy(
            () -> python.eval("[{float('nan'), float('nan')}, clutch.SharedBuffer(12345)]"))
        .isInstanceOf(NotShareableException.class);
    awaitTotal(0);
  }

  @Test
  void aByteBufferKeepsIt() throws InterruptedException {
    ByteBuffer derived =
        SharedBuffer.allocate(MIB).slice(8, 800).byteBuffer().slice(8, 8).asReadOnlyBuffer();
    ByteBuffer fromPython = (ByteBuffer) python.eval("clutch.SharedBuffer(1000).view()[10:]");
    python.close();
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(SharedMemory.total()).isEqualTo(MIB + 1000);
    assertThat(derived.get(7)).isZero();
    assertThat(fromPython.put(989, (byte) 1).remaining()).isEqualTo(990);
    derived = null;
    awaitTotal(1000);
    assertThat(fromPython.get(989)).isEqualTo((byte) 1);
    fromPython = null;
    awaitTotal(0);
  }

  @Test
  void itOutlivesItsInterpreter() throws InterruptedException {
    useAfterClose();
    awaitTotal(0);
  }

  private void useAfterClose() throws InterruptedException {
    try (Interpreter other = Interpreters.create();
        InterpreterQueue queue = InterpreterQueue.create()) {
      python.set("q", queue);
      python.run("b = clutch.SharedBuffer(4096)\nb.set(1, 42)\nq.put(b); q.put(b.view()[8:])");
      SharedBuffer made = (SharedBuffer) python.eval("b");
      python.close();
      other.set("m", queue.get());
      assertThat(other.eval("m.obj.get(1)")).isEqualTo(42L);
      assertThat(((SharedBuffer) queue.get()).getLong(0)).isEqualTo(42);
      assertThat(made.getLong(1)).isEqualTo(42);
    }
  }

  @Test
  void aMessageKeepsIt() throws InterruptedException {
    InterpreterQueue queue = InterpreterQueue.create();
    python.set("q", queue);
    python.run("q.put({'a': [clutch.SharedBuffer(5000)] * 3})");
    assertThat(SharedMemory.total()).isEqualTo(5000);
    assertThat(queue.qsize()).isEqualTo(1);
    python.run("assert len(q.get()['a'][2]) == 5000");
    assertThat(SharedMemory.total()).isZero();
    python.run("q.put(clutch.SharedBuffer(6000))");
    python.close();
    queue = null;
    awaitTotal(0);
  }

  /** None is reachable for long, and the garbage collector has no reason to look. */
  @Test
  void garbageIsCollectedBeforeItIsMuch() {
    long most = 0;
    int each = (int) Math.min(Runtime.getRuntime().maxMemory() / 8, Integer.MAX_VALUE);
    for (int i = 0; i < 100; i++) {
      python.set("m", SharedBuffer.allocate(each).slice(each / 2, 16));
      most = Math.max(most, SharedMemory.total());
    }
    python.run("del m");
    assertThat(most).isLessThan(40L * each);
  }

  @Test
  void crossingsLeaveNothingBehind() throws Exception {
    SharedBuffer buffer = SharedBuffer.allocate(MIB);
    try (Interpreter other = Interpreters.create();
        InterpreterQueue queue = InterpreterQueue.create()) {
      other.set("q", queue);
      python.set("q", queue);
      for (int i = 0; i < 5_000; i++) {
        queue.put(List.of(buffer.slice(i, 80), SharedBuffer.allocate(4096)));
        python.run("x, y = q.get(); q.put([x[8:], y.obj, clutch.SharedBuffer(9)])");
        other.run("q.put(q.get()[0].cast('q'))");
        assertThat(((SharedBuffer) queue.get()).shape()).containsExactly(9);
        assertThatThrownBy(() -> queue.put(List.of(buffer, new Object())))
            .hasMessageContaining("value[1] is a java.lang.Object");
      }
      assertThatThrownBy(() -> python.run("q.put([x, len])")).isInstanceOf(PythonException.class);
    }
    python.close();
    awaitTotal(MIB);
    assertThat(buffer.getLong(0)).isZero();
  }

  @Test
  void allAtOnce() throws Exception {
    Interpreter kept = Interpreters.create();
    try (InterpreterQueue queue = InterpreterQueue.create(8)) {
      kept.set("q", queue);
      kept.run(
          """
          def work():
              view = q.get()
              view.obj.add(0, 1)
              view.obj.notify_all(0)
              q.put(view.obj.view('q')[:])
          """);
      queue.put(SharedBuffer.allocate(4096));
      queue.put(SharedBuffer.allocate(8192).slice(0, 4096));
      Threads.inParallel(4, number -> workAtOnce(number, queue, kept));
      long sum = ((SharedBuffer) queue.get()).getLong(0) + ((SharedBuffer) queue.get()).getLong(0);
      assertThat(sum).isEqualTo(4 * 100);
    }
    kept.close();
    awaitTotal(0);
  }

  private static void workAtOnce(int number, InterpreterQueue queue, Interpreter kept)
      throws InterruptedException {
    Random random = new Random(number);
    for (int i = 0; i < 100; i++) {
      switch (random.nextInt(3)) {
        case 0 -> kept.eval("work()");
        case 1 -> {
          SharedBuffer taken = (SharedBuffer) queue.get();
          taken.addLong(0, 1);
          queue.put(taken);
        }
        default -> {
          try (Interpreter brief = Interpreters.create()) {
            brief.set("q", queue);
            brief.run("view = q.get(); view.obj.add(0, 1); q.put(view); other = view.obj.view()");
          }
        }
      }
    }
  }

  // -- the buffer protocol --

  @Test
  void everyFormatHoldsWhatStructPacks() {
    python.run(
        """
        values = {'?': True, 'c': b'x', 'e': 1.5, 'f': -2.25, 'd': 1e300}
        b = clutch.SharedBuffer(64)
        for code in 'bBhHiIlLqQnNP?cefd':
            size = struct.calcsize(code)
            view = b.view(code)
            assert (view.format, view.itemsize, view.shape) == (code, size, (64 // size,)), code
            if code != 'e' or hasattr(view, '__class_getitem__'):
                view[3] = values.get(code, 100)
                assert struct.unpack_from(code, b, 3 * size)[0] == values.get(code, 100), code
                assert view.tolist()[3] == values.get(code, 100), code
        """);
  }

  @Test
  void arraysAndOthersTakeIt() {
    python.run(
        """
        b = clutch.SharedBuffer(32)
        b.view('d', (2, 2))[1, 0] = 0.5
        assert array.array('d', bytes(b)).tolist() == [0, 0, 0.5, 0]
        assert bytes(b.view('d')) == bytes(b) and len(bytearray(b)) == 32
        b.view()[:5] = b'hello'
        assert struct.unpack_from('5s', b) == (b'hello',)
        struct.pack_into('q', b, 8, 77)
        assert b.get(1) == 77 and b.view('q').tolist()[1] == 77
        with open('/dev/zero', 'rb') as zeros:
            assert zeros.readinto(b) == 32 and not any(b.view())
        """);
  }

  @Test
  void shapesOfViews() {
    python.run(
        """
        b = clutch.SharedBuffer(96)
        m = b.view('i', (2, 3, 4))
        assert (m.shape, m.strides, m.c_contiguous, m.f_contiguous) == ((2, 3, 4), (48, 16, 4), True, False)
        assert b.view('q', 4).shape == (4,) and b.view('q', shape=[1, 4]).f_contiguous
        assert b.view('q', ()).shape == () and b.view('q', ())[()] == 0
        assert b.view('d', (3, 0, 2)).tolist() == [[], [], []]
        assert b.view('d', (3, 0, 2)).nbytes == 0
        assert b.view().obj.view('q').obj.view('h', 5).nbytes == 10
        assert b.view(shape=(1,) * 64).ndim == 64

        def refused(error, *args, **kwargs):
            try:
                b.view(*args, **kwargs)
            except error as raised:
                return str(raised)
            raise AssertionError(args)

        assert refused(ValueError, '<q').startswith('format must be one of')
        assert refused(ValueError, 'é') and refused(ValueError, '') and refused(TypeError, 5)
        assert refused(ValueError, 'd', (3, 5)) == (
            'a view of format d and shape (3, 5) does not fit into 96 bytes')
        assert refused(ValueError, 'd', (2**40, 2**40)) and refused(ValueError, 'd', -1)
        assert refused(OverflowError, 'd', 2**70) and refused(TypeError, 'd', 1.5)
        assert refused(ValueError, 'd', (2, -1)) == 'a size must not be negative: -1'
        assert refused(ValueError, 'B', (1,) * 65) and refused(TypeError, 'B', 1, 2)
        """);
  }

  /** As memoryview answers: what is asked for is there, what is not is NULL. */
  @Test
  void requestsOfTheBufferProtocol() {
    assumeThat(python.eval("__import__('sys').version_info >= (3, 13)"))
        .as("whether ctypes can be imported")
        .isEqualTo(true);
    python.run(
        """
        import ctypes

        ints = (ctypes.c_int64 * 4).from_buffer(clutch.SharedBuffer(32).view('q')[:])
        ints[3] = -9
        assert list(ints) == [0, 0, 0, -9]

        class Buffer(ctypes.Structure):
            _fields_ = [('buf', ctypes.c_void_p), ('obj', ctypes.py_object), ('len', ctypes.c_ssize_t),
                ('itemsize', ctypes.c_ssize_t), ('readonly', ctypes.c_int), ('ndim', ctypes.c_int),
                ('format', ctypes.c_char_p), ('shape', ctypes.POINTER(ctypes.c_ssize_t)),
                ('strides', ctypes.POINTER(ctypes.c_ssize_t)), ('suboffsets', ctypes.c_void_p),
                ('internal', ctypes.c_void_p)]

        get, release = ctypes.pythonapi.PyObject_GetBuffer, ctypes.pythonapi.PyBuffer_Release

        def request(exporter, flags):
            view = Buffer()
            try:
                get(ctypes.py_object(exporter), ctypes.byref(view), flags)
            except BufferError:
                return BufferError
            shape, strides = (list(a[:view.ndim]) if a else None for a in (view.shape, view.strides))
            answer = (view.buf, view.len, view.itemsize, view.readonly, view.ndim, view.format, shape, strides)
            release(ctypes.byref(view))
            return answer

        b = clutch.SharedBuffer(96)
        for layout in ('B', None), ('q', (3, 4)), ('i', (1, 24)), ('h', ()):
            m = b.view(*layout)
            for flags in 0, 1, 4, 8, 12, 0x18, 0x1d, 0x38, 0x58, 0x98, 0x118, 0x11c, 0x11d:
                assert request(m.obj, flags) == request(m, flags), (layout, flags)
        """);
  }

  /** When its module is gone already. */
  @Test
  void whatRunsAtTheVeryEndOfAnInterpreterMayUseABuffer() {
    Interpreter ending = Interpreters.create();
    SharedBuffer seen = SharedBuffer.allocate(16);
    ending.set("memory", seen);
    ending.run(
        """
        class Last:
            def __del__(self, buffer=memory.obj):
                buffer.view('q')[0] = 7
                try:
                    buffer.wait(0, 7)
                except RuntimeError:
                    buffer.set(1, 8)

        last = Last()
        last.itself = last
        """);
    ending.close();
    assertThat(seen.getLong(0)).isEqualTo(7);
    assertThat(seen.getLong(1)).isEqualTo(8);
  }
}
