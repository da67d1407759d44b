package dev.clutch.soak;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.Pipe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of eight bytes through a pipe, from Java and from an interpreter. Nobody is interrupted,
 * as that closes a pipe.
 */
final class PipeMessages extends Work {
  private static final int EACH = 2_000;

  private final Interpreter python = Interpreters.create();

  PipeMessages() {
    python.run(
        """
        import os
        def send(fd, sender, count):
            for number in range(count):
                os.write(fd, (sender << 32 | number).to_bytes(8, 'little'))
        """);
  }

  @Override
  void step() throws Exception {
    Pipe pipe = Pipe.open();
    List<Background<?>> senders =
        List.of(
            Background.run(() -> sendFromJava(pipe.sink())),
            Background.start(() -> python.call("send", pipe.sink().fd(), 1, EACH)));
    Background<List<Long>> receiver = Background.start(() -> receive(pipe.source()));
    for (Background<?> each : senders) {
      each.get();
    }
    pipe.sink().close();
    Arrivals arrivals = new Arrivals(2, EACH);
    arrivals.add(receiver.get());
    arrivals.check(name());
    pipe.close();
    progress(2 * EACH);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void sendFromJava(Pipe.Sink sink) throws Exception {
    ByteBuffer message = buffer(8);
    for (long i = 0; i < EACH; i++) {
      sink.write(message.clear().putLong(i).flip());
    }
  }

  private static List<Long> receive(Pipe.Source source) throws Exception {
    List<Long> received = new ArrayList<>();
    ByteBuffer bytes = buffer(4096);
    while (source.read(bytes) >= 0) {
      bytes.flip();
      while (bytes.remaining() >= 8) {
        received.add(bytes.getLong());
      }
      bytes.compact();
    }
    return received;
  }

  @Override
  public void close() {
    python.close();
  }
}
