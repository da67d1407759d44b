package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.Pipe;
import dev.clutch.PythonException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends are closed under those who wait at them, in Java and in Python. */
final class ClosedEnds extends Work {
  private final Interpreter python = Interpreters.create();

  ClosedEnds() {
    python.run(
        """
        import clutch
        def wait(operation):
            try:
                operation()
            except (clutch.QueueClosed, clutch.ChannelClosed, EOFError):
                return "closed"
        def get(queue): return wait(queue.get)
        def put(queue): return wait(lambda: queue.put(1))
        def receive(end): return wait(end.receive)
        def send(end): return wait(lambda: [end.send(bytes(1000)) for _ in range(10**9)])
        """);
  }

  @Override
  void step() throws Exception {
    queue();
    channel(true);
    channel(false);
    pipe();
  }

  private void queue() throws Exception {
    InterpreterQueue empty = InterpreterQueue.create();
    InterpreterQueue full = InterpreterQueue.create(1);
    full.put(0);
    List<Background<@Nullable Object>> inPython =
        List.of(inPython("get", empty), inPython("put", full));
    List<Background<?>> inJava =
        List.of(Background.start(empty::get), Background.run(() -> full.put(1)));
    pause(3_000);
    empty.close();
    full.close();
    assertClosed(inPython);
    for (Background<?> each : inJava) {
      assertThat(each.failure()).isInstanceOf(InterpreterQueue.Closed.class);
    }
  }

  private void channel(boolean sending) throws Exception {
    Channel channel = Channel.open(4096);
    Channel.SendEnd to = channel.sendEnd();
    Channel.ReceiveEnd from = channel.receiveEnd();
    Background<@Nullable Object> inPython =
        sending ? inPython("send", to) : inPython("receive", from);
    Background<?> inJava =
        sending ? Background.run(() -> sendForEver(to)) : Background.start(from::receive);
    pause(3_000);
    if (random.nextBoolean()) {
      to.close();
    }
    from.close();
    assertClosed(List.of(inPython));
    assertThat(inJava.failure()).isInstanceOfAny(Channel.Closed.class, Channel.End.class);
    channel.close();
  }

  private static void sendForEver(Channel.SendEnd end) throws InterruptedException {
    while (true) {
      end.send(new byte[1000]);
    }
  }

  private void pipe() throws Exception {
    Pipe pipe = Pipe.open();
    Background<?> reading =
        Background.start(() -> pipe.source().read(ByteBuffer.allocateDirect(10)));
    pause(1_000);
    if (random.nextBoolean()) {
      reading.interrupt();
    } else {
      pipe.source().close();
    }
    assertThat(reading.failure())
        .isInstanceOfAny(AsynchronousCloseException.class, ClosedChannelException.class);
    pipe.close();
  }

  private Background<@Nullable Object> inPython(String function, Object end) {
    return Background.start(() -> python.call(function, end));
  }

  private static void assertClosed(List<Background<@Nullable Object>> waits) throws Exception {
    for (Background<@Nullable Object> each : waits) {
      assertThat(each.get()).isEqualTo("closed");
    }
  }

  @Override
  public void close() throws PythonException {
    python.close();
  }
}
