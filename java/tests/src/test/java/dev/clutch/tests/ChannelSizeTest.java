package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through the pipe of a channel: every size, messages given up half-way, garbage. */
@Tag("jni")
@Timeout(60)
class ChannelSizeTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final int CAPACITY = 65_536;
  private static final int PIPE_BUF = 4096;

  /** Of a message: its header, and a tag and a count before the bytes of a byte[]. */
  private static final int HEADER = 8;

  private static final int BEFORE_BYTES = HEADER + 5;
  private static final byte[] LARGE = new byte[1_000_000];

  private static final String HELPERS =
      """
      def raised(function, *args, **kwargs):
          try:
              function(*args, **kwargs)
          except BaseException as error:
              return type(error).__name__
          return "nothing"
      """;

  private static Interpreter python;

  private Channel channel;
  private Channel.SendEnd to;
  private Channel.ReceiveEnd from;

  @BeforeAll
  static void start() {
    python = Interpreters.create();
    python.run(HELPERS);
  }

  @AfterAll
  static void end() {
    python.close(Duration.ofSeconds(10));
  }

  @BeforeEach
  void open() throws IOException {
    channel = Channel.open(CAPACITY);
    to = channel.sendEnd();
    from = channel.receiveEnd();
    python.set("s", to);
    python.set("r", from);
  }

  @AfterEach
  void close() {
    channel.close();
    python.run("s = r = None");
  }

  private interface Task {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> async(Task task) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            task.run();
          } catch (Exception failed) {
            throw new AssertionError(failed);
          }
        });
  }

  // -- sizes --

  private static byte[] random(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        PIPE_BUF - BEFORE_BYTES - 1,
        PIPE_BUF - BEFORE_BYTES,
        PIPE_BUF - BEFORE_BYTES + 1,
        PIPE_BUF,
        PIPE_BUF + 1,
        CAPACITY - BEFORE_BYTES - 1,
        CAPACITY - BEFORE_BYTES,
        CAPACITY - BEFORE_BYTES + 1,
        CAPACITY,
        CAPACITY + 1,
        50_000_000
      })
  void anySizeArrivesWholeThereAndBack(int size) throws Exception {
    byte[] content = random(size);
    Channel back = Channel.open(CAPACITY);
    python.set("back", back.sendEnd());
    CompletableFuture<Void> echo = async(() -> python.run("back.send(r.receive())"));
    to.send(content);
    assertThat(Arrays.equals((byte[]) back.receiveEnd().receive(), content)).isTrue();
    echo.get();
    assertThat(to.sendNowait(content)).isTrue();
  }

  /** The heap of Java holds it once, or twice: so it needs no more than a machine of 4 GiB has. */
  @Test
  void aGibibyteArrivesFromPythonAndFromJava() throws Exception {
    int size = 1 << 30;
    CompletableFuture<Void> sending =
        async(() -> python.run("m = bytes(" + size / 4096 + " * 4096 - 1) + b'!'; s.send(m)"));
    byte[] received = (byte[]) from.receive();
    sending.get();
    assertThat(received).hasSize(size);
    assertThat(received[size - 1]).isEqualTo((byte) '!');
    received[0] = 7;
    byte[] again = received;
    sending = async(() -> to.send(again));
    python.run("del m; m = r.receive()");
    sending.get();
    assertThat(python.eval("(len(m), m[0], m[-1], m.count(0))"))
        .isEqualTo(List.of((long) size, 7L, (long) '!', size - 2L));
    python.run("del m");
  }

  // -- what goes with them --

  /** What was not received goes with the end to receive at, so that others see their end. */
  @Test
  void endsOnTheirWayGoWithTheReceiver() throws Exception {
    python.run("import clutch; r2, s2 = clutch.channel(); s.send(s2); s2 = None");
    assertThat(python.eval("raised(r2.receive_nowait)")).isEqualTo("TimeoutError");
    from.close();
    assertThat(python.eval("raised(r2.receive, 10)")).isEqualTo("EOFError");
    assertThat(to.isClosed()).isFalse();
  }
}
