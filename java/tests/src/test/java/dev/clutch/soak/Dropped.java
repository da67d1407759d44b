package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.Pipe;
import dev.clutch.PyObject;
import dev.clutch.SharedBuffer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.List;

/** Nobody closes anything: the garbage collector finds it. */
final class Dropped extends Work {
  /** So that there are never more than some hundred descriptors that nobody has closed. */
  private static final int STEPS_PER_COLLECTION = 20;

  private final Interpreter python = Interpreters.create();
  private int steps;

  @Override
  void step() throws Exception {
    objects();
    memory();
    shared();
    if (++steps % STEPS_PER_COLLECTION == 0) {
      System.gc();
    }
  }

  private void objects() {
    PyObject list = python.eval("[str(n) for n in range(100)]", PyObject.class);
    assertThat(list.iterator().next()).isEqualTo("0");
    assertThat(list.getItem(7)).isEqualTo("7");
    assertThat(python.function("len").call(list)).isEqualTo(100L);
    assertThat(python.callAs(PyObject.class, "object").isTrue()).isTrue();
    Runnable held = () -> {};
    python.set("held", held);
    assertThat(python.get("held")).isSameAs(held);
  }

  private void memory() {
    ByteBuffer view = python.eval("bytearray(b'abc' * 1000)", PyObject.class).buffer();
    assertThat(view.get(2)).isEqualTo((byte) 'c');
    ByteBuffer ours = ByteBuffer.allocateDirect(10_000);
    ours.put(5, (byte) 5);
    python.set("view", ours);
    assertThat(python.eval("view[5]")).isEqualTo(5L);
  }

  private void shared() throws Exception {
    SharedBuffer block = SharedBuffer.allocate(100_000);
    block.setLong(3, 33);
    InterpreterQueue queue = InterpreterQueue.create();
    queue.put(List.of(block, InterpreterQueue.create()));
    queue.put("nobody gets this");
    Channel channel = Channel.open();
    channel.sendEnd().send(queue);
    python.set("end", channel.receiveEnd());
    assertThat(python.eval("end.receive().get()[0].obj.get(3)")).isEqualTo(33L);
    Pipe pipe = Pipe.open();
    pipe.sink().write(ByteBuffer.wrap(new byte[10]));
    Reference.reachabilityFence(pipe); // without it, its source may be closed before the write
  }

  /** What Java still sees of its memory when it closes would stay for ever. */
  @Override
  public void close() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      System.gc();
      Thread.sleep(20);
      python.run("view = None");
    }
    python.close();
  }
}
