package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.Pipe;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Numbered messages through one pipe, from several senders to several receivers in Java and Python:
 * all arrive, once, and in order.
 */
@Tag("jni")
@Timeout(60)
class PipeLossTest {
  private static final int SENDERS = 4;

  /** A message is the number of its sender and its own. */
  private static final long SENDER = 1L << 32;

  private static final String PYTHON =
      """
      import os, struct
      from array import array

      def send(sink, sender, count, sent):
          with sink:
              for number in range(count):
                  sink.write(struct.pack('<q', (sender << 32) + number))
                  sent.obj.set(sender, number + 1)

      def receive(fd):
          received = array('q')
          while message := os.read(fd, 8):
              received.frombytes(message)
          return received
      """;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final SharedBuffer sent = SharedBuffer.allocate(SENDERS * Long.BYTES);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  /** The last sender is an interpreter that is closed while it sends. */
  @Test
  void everyOneOfAMillionArrivesOnce() throws Exception {
    int each = 1_000_000 / SENDERS;
    List<CompletableFuture<long[]>> receivers = new ArrayList<>();
    try (Pipe pipe = Pipe.open();
        Interpreter receiver = Interpreters.create()) {
      receivers.add(async(() -> receive(pipe.source())));
      receivers.add(async(() -> receive(pipe.source())));
      receiver.run(PYTHON);
      int fd = pipe.source().fd();
      receivers.add(async(() -> receiver.callAs(long[].class, "receive", fd)));
      List<CompletableFuture<Void>> senders = new ArrayList<>();
      senders.add(async(() -> send(pipe.sink(), 0, each)));
      senders.add(async(() -> send(pipe.sink(), 1, each)));
      senders.add(async(() -> sendFromPython(pipe.sink(), 2, each, false)));
      senders.add(async(() -> sendFromPython(pipe.sink(), 3, each, true)));
      senders.forEach(CompletableFuture::join);
      pipe.sink().close();
      check(receivers.stream().map(CompletableFuture::join).toList());
    }
  }

  /** May throw anything. */
  @FunctionalInterface
  private interface Task<T> {
    T run() throws Exception;
  }

  private <T> CompletableFuture<T> async(Task<T> task) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return task.run();
          } catch (Exception failed) {
            throw new IllegalStateException(failed);
          }
        },
        executor);
  }

  private Void send(Pipe.Sink sink, int sender, int count) throws IOException {
    ByteBuffer message = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    for (int number = 0; number < count; number++) {
      message.clear().putLong(sender * SENDER + number);
      sink.write(message.flip());
      sent.setLong(sender, number + 1);
    }
    return null;
  }

  private Void sendFromPython(Pipe.Sink sink, int sender, int count, boolean closedMeanwhile)
      throws Exception {
    Interpreter python = Interpreters.create();
    python.run(PYTHON);
    CompletableFuture<Object> sending = async(() -> python.call("send", sink, sender, count, sent));
    if (closedMeanwhile) {
      Thread.sleep(ThreadLocalRandom.current().nextInt(50, 150));
    } else {
      sending.join();
    }
    python.close(Duration.ofSeconds(30));
    assertThat(sending.handle((result, failure) -> failure == null || isInterrupt(failure)).join())
        .isTrue();
    return null;
  }

  private static boolean isInterrupt(Throwable failure) {
    return failure.getCause().getCause() instanceof PythonException thrown
        && thrown.typeName().equals("clutch.Interrupted");
  }

  private static long[] receive(Pipe.Source source) throws IOException {
    List<Long> received = new ArrayList<>();
    ByteBuffer message = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    while (source.read(message.clear()) > 0) {
      assertThat(message.hasRemaining()).isFalse();
      received.add(message.getLong(0));
    }
    return received.stream().mapToLong(Long::longValue).toArray();
  }

  /** A sender that was interrupted may have sent one message that it had not counted yet. */
  private void check(List<long[]> receivers) {
    BitSet[] seen = Stream.generate(BitSet::new).limit(SENDERS).toArray(BitSet[]::new);
    receivers.forEach(received -> check(received, seen));
    for (int sender = 0; sender < SENDERS; sender++) {
      assertThat((long) seen[sender].cardinality())
          .as("received of sender %s", sender)
          .isEqualTo(seen[sender].length())
          .isBetween(sent.getLong(sender), sent.getLong(sender) + (sender == SENDERS - 1 ? 1 : 0));
    }
  }

  private static void check(long[] received, BitSet[] seen) {
    long[] last = new long[SENDERS];
    Arrays.fill(last, -1);
    for (long message : received) {
      int sender = (int) (message / SENDER);
      int number = (int) (message % SENDER);
      assertThat(seen[sender].get(number)).as("seen before").isFalse();
      seen[sender].set(number);
      assertThat((long) number).as("in order").isGreaterThan(last[sender]);
      last[sender] = number;
    }
  }
}
