package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may go wrong in the pipe of a channel: garbage, and bytes that somebody else took. */
@Tag("jni")
@Timeout(60)
class ChannelPipeTest extends ChannelFixture {
  private static final String HELPERS =
      """
      import os, struct

      def forge(end, content, length=None, magic=0x434C5543):
          length = len(content) if length is None else length
          os.write(end.fileno(), struct.pack("<II", magic, length % 2**32) + content)
      """;

  private static Interpreter python;

  @BeforeAll
  static void start() {
    python = Interpreters.create();
    python.run(RAISED + HELPERS);
  }

  @AfterAll
  static void end() {
    python.close(Duration.ofSeconds(10));
  }

  @BeforeEach
  void passEnds() {
    python.set("s", to);
    python.set("r", from);
  }

  @AfterEach
  void dropEnds() {
    python.run("s = r = None");
  }

  /** What was not received goes with the end to receive at, so that others see their end. */
  @Test
  void endsOnTheirWayGoWithTheReceiver() throws Exception {
    python.run("import clutch; r2, s2 = clutch.channel(); s.send(s2); s2 = None");
    assertThat(python.eval("raised(r2.receive_nowait)")).isEqualTo("TimeoutError");
    from.close();
    assertThat(python.eval("raised(r2.receive, 10)")).isEqualTo("EOFError");
    assertThat(to.isClosed()).isFalse();
  }

  // -- bytes that are no messages --

  @ParameterizedTest
  @ValueSource(longs = {-1, -2, -16, -4096, 1 << 20, 4096, 4089, 2000})
  void lengthsThatCannotBeAreRefused(long length) {
    python.set("length", length);
    python.run("forge(s, b'x' * 1000, length=length)");
    for (int i = 0; i < 3; i++) {
      assertThat(catchThrowable(from::receiveNowait))
          .isInstanceOfAny(Channel.Closed.class, OutOfMemoryError.class);
      assertThat(python.eval("raised(r.receive_nowait)")).isIn("ChannelClosed", "MemoryError");
    }
  }

  @Test
  void aBrokenChannelSaysSo() {
    python.run("os.write(s.fileno(), b'x' * 16)");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(from::receive)
          .isInstanceOf(Channel.Closed.class)
          .hasMessageStartingWith("the channel is broken");
      assertThat(python.eval("raised(r.receive)")).isEqualTo("ChannelClosed");
    }
  }

  @Test
  void attachmentsThatAreNotThereBreakTheChannel() {
    python.run("forge(s, b'', length=-1)");
    assertThatThrownBy(from::receive).isInstanceOf(Channel.Closed.class);
    assertThat(python.eval("raised(r.receive)")).isEqualTo("ChannelClosed");
  }

  private static final String EIGHT = "b'\\1' + bytes(7)";

  private static final List<String> FORGED =
      List.of(
          "b''",
          "b'o' + (" + EIGHT + ") * 2",
          "b'f' + " + EIGHT + " + b'\\1s\\1\\0\\0\\0x'",
          "b'L' + " + EIGHT,
          "b'Lb\\0\\0\\0\\0'",
          "b'Lq\\0\\0\\0\\0'",
          "b'B' + " + "(" + EIGHT + ") * 2 + b'\\x10\\0\\0\\0\\0\\0\\0\\0\\0'",
          "b'm' + " + "(" + EIGHT + ") * 2 + b'\\x10\\0\\0\\0\\0\\0\\0\\0\\0'",
          "b'p\\0\\0\\0\\0\\0'",
          "b'Z'",
          "b'e(\\0\\0\\0\\0'",
          "b'Xs\\0\\0\\0\\0'",
          "b'qq' + " + EIGHT + " + b'N'",
          "b'qs' + bytes(8) + b'N'",
          "b'qm' + b'\\xff' * 8 + b'N'",
          "b'q' + bytes(9) + b'N'",
          "b'M' + b'N' * 4",
          "b'Mb\\0\\0\\0\\0s\\0\\0\\0\\0[\\0\\0\\0\\0N'",
          "b'xq(\\0\\0\\0\\0'",
          "b'x\\xffN'",
          "b'b\\xff\\xff\\xff\\xff'",
          "b'[\\xff\\xff\\xff\\xffN'",
          "b'az\\0\\0\\0\\0'",
          "b'<\\2\\0\\0\\0NN'",
          "b'j'",
          "b'\\0'");

  @ParameterizedTest
  @FieldSource("FORGED")
  void whatNoSenderWritesIsRefused(String content) throws Exception {
    python.run("forge(s, " + content + ")\ns.send('after')");
    python.run("x = raised(r.receive_nowait)");
    assertThat(python.eval("x")).isNotEqualTo("nothing");
    assertThat(from.receive()).isEqualTo("after");
    python.run("forge(s, " + content + ")\ns.send('after')");
    assertThat(catchThrowable(from::receiveNowait)).isInstanceOf(RuntimeException.class);
    assertThat(from.receive()).isEqualTo("after");
  }

  @Test
  void stolenBytesStopNobodyForEver() throws Exception {
    to.send(LARGE);
    python.run("while len(os.read(r.fileno(), 1 << 20)) == 1 << 20: pass");
    assertThatThrownBy(from::receiveNowait).isInstanceOf(TimeoutException.class);
    assertThat(to.send("next", Duration.ofSeconds(10))).isTrue();
    assertThat(from.receive()).isEqualTo("next");
  }

  /** Nor does a duplicate of a descriptor keep a closed end open. */
  @Test
  void duplicatesDoNotKeepAnEndOpen() throws Exception {
    python.run("d, e = os.dup(s.fileno()), os.dup(r.fileno())");
    CompletableFuture<Throwable> waiting = new CompletableFuture<>();
    CompletableFuture<Throwable> selecting = new CompletableFuture<>();
    new Thread(() -> waiting.complete(catchThrowable(from::receive))).start();
    new Thread(() -> selecting.complete(catchThrowable(() -> Channel.select(List.of(from)))))
        .start();
    Thread.sleep(20);
    to.send(1);
    to.close();
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(selecting.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(catchThrowable(() -> from.receive(Duration.ofSeconds(10))))
        .isInstanceOf(Channel.End.class);
    assertThat(Channel.select(List.of(from), Duration.ofSeconds(10))).containsExactly(from);
    python.run("os.close(d); os.close(e)");
  }
}
