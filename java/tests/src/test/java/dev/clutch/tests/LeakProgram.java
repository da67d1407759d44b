package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.internal.JavaObjects;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Crosses as often as the argument says, and prints by how many KiB the process grew. */
final class LeakProgram {
  private static final int SAMPLES = 5;
  private static final int BATCH = 1_000;

  private static final List<Object> INPUTS =
      List.copyOf(LongStream.range(1 << 20, (1 << 20) + BATCH).boxed().toList());

  private static final String OBJECTS = "(gc.collect(), len(gc.get_objects()))[1]";

  private static final String CODE =
      """
      import gc

      class Point:
          def __init__(self, x):
              self.x = x

      def same(x):
          return x

      def add(x, y):
          return x + y

      def back(f, n):
          return sum(f(i) for i in range(n))

      def fail(x):
          raise ValueError(x)

      def view(memory):
          return len(memory)

      def pass_on(end, n):
          for _ in range(n):
              end.send("message")

      point = Point(2 ** 70)
      """;

  private final Interpreter interpreter = Interpreters.create();
  private final ByteBuffer memory = ByteBuffer.allocateDirect(4096);
  private final InterpreterQueue queue = InterpreterQueue.create();
  private final Channel channel;
  private long crossings;

  private LeakProgram() throws IOException {
    channel = Channel.open();
  }

  public static void main(String[] arguments) throws Exception {
    LeakProgram program = new LeakProgram();
    try (Interpreter closed = program.interpreter) {
      closed.run(CODE);
      System.out.println(program.growth(Long.parseLong(arguments[0])));
    }
    assertThat(JavaObjects.count()).isZero();
  }

  private long growth(long wanted) throws Exception {
    crossUntil(wanted / 10);
    long objects = settle();
    int held = JavaObjects.count();
    long before = median();
    crossUntil(wanted);
    long after = median();
    assertThat(settle()).as("objects of Python's garbage collector").isEqualTo(objects);
    assertThat(JavaObjects.count()).as("Java objects that Python holds").isEqualTo(held);
    return after - before;
  }

  private void crossUntil(long count) throws Exception {
    try (PyFunction same = interpreter.function("same");
        PyFunction add = interpreter.function("add");
        PyFunction back = interpreter.function("back")) {
      for (int round = 0; crossings < count; round++) {
        batches(same);
        calls(same, add);
        callbacks(back);
        objects();
        messages();
        if (round % 10 == 0) {
          buffers();
          failures();
        }
      }
    }
  }

  private void batches(PyFunction same) {
    assertThat(same.callAll(INPUTS)).hasSize(BATCH);
    crossings += BATCH;
  }

  private void calls(PyFunction same, PyFunction add) {
    for (long i = 0; i < 100; i++) {
      add.call(i, 1L << 40);
      same.call("text " + i);
      same.call(List.of(i, "a", 2.5));
    }
    same.callWith(List.of(), Map.of("x", Map.of("key", Set.of(1, 2))));
    same.call(new byte[20_000]);
    crossings += 302;
  }

  private void callbacks(PyFunction back) {
    Function<Long, Object> twice = i -> 2 * i;
    assertThat(back.call(twice, 300L)).isEqualTo(299L * 300);
    crossings += 301;
  }

  /** From Java and from Python, small ones and one that is beside the pipe. */
  private void messages() throws Exception {
    for (int i = 0; i < 100; i++) {
      channel.sendEnd().send("message");
      assertThat(channel.receiveEnd().receive()).isEqualTo("message");
      queue.put(List.of(1, "a"));
      assertThat(queue.take()).isEqualTo(List.of(1L, "a"));
    }
    channel.sendEnd().send(new byte[10_000]);
    assertThat(channel.receiveEnd().receive()).isEqualTo(new byte[10_000]);
    interpreter.call("pass_on", channel.sendEnd(), 100L);
    for (int i = 0; i < 100; i++) {
      assertThat(channel.receiveEnd().receive()).isEqualTo("message");
    }
    crossings += 602;
  }

  private void objects() {
    for (int i = 0; i < 10; i++) {
      try (PyObject point = interpreter.callAs(PyObject.class, "Point", i)) {
        assertThat(point.getAttribute("x")).isEqualTo((long) i);
        point.setAttribute("y", "value");
      }
    }
    crossings += 40;
  }

  private void buffers() {
    interpreter.call("view", memory);
    try (PyObject bytes = interpreter.eval("bytearray(1000)", PyObject.class)) {
      assertThat(bytes.buffer().remaining()).isEqualTo(1000);
    }
    crossings += 4;
  }

  /** Those whose other arguments nobody gets to read included. */
  private void failures() {
    Runnable unread = () -> {};
    assertThatThrownBy(() -> interpreter.call("fail", "text")).isInstanceOf(PythonException.class);
    assertThatThrownBy(() -> interpreter.call("same", Set.of(List.of(1)), unread))
        .isInstanceOf(PythonException.class);
    try (PyObject point = interpreter.eval("point", PyObject.class)) {
      assertThatThrownBy(() -> point.callMethod("missing", unread))
          .isInstanceOf(PythonException.class);
    }
    crossings += 5;
  }

  // -- measuring --

  private long median() throws Exception {
    return ResidentSize.median(SAMPLES, sample -> crossUntil(crossings + 20_000));
  }

  /** Buffers are given back when Java's collector has found them, so it may take several looks. */
  private long settle() throws InterruptedException {
    long last = -1;
    for (int looks = 0, alike = 0; alike < 5 && looks < 100; looks++) {
      System.gc();
      Thread.sleep(20);
      long now = interpreter.eval(OBJECTS, long.class);
      alike = now == last ? alike + 1 : 0;
      last = now;
    }
    return last;
  }
}
