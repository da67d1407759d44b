package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large messages, and many that use a channel: none is lost, and nothing is left of them. */
@Timeout(120)
class ChannelLossTest extends ChannelFixture {

  private static final int CAPACITY = 65_536;
  private static final int PIPE_BUF = 4096;

  /** Of a message: its header, and a tag and a count before the bytes of a byte[]. */
  private static final int BEFORE_BYTES = 8 + 5;

  private static final long MAX_GROWTH_KIB = 32 * 1024;

  // -- sizes --

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
    use(Channel.open(CAPACITY));
    byte[] content = random(size);
    Channel back = Channel.open(CAPACITY);
    Interpreter python = Interpreters.create();
    python.prepareMain(Map.of("r", from, "back", back.sendEnd()));
    CompletableFuture<Void> echo = async(() -> python.run("back.send(r.receive())"));
    to.send(content);
    assertThat(Arrays.equals((byte[]) back.receiveEnd().receive(), content)).isTrue();
    echo.get();
    assertThat(to.sendNowait(content)).isTrue();
    python.close();
  }

  /** It is in memory up to four times at once: in each language, and on its way. */
  @Test
  void aGibibyteArrivesFromPythonAndFromJava() throws Exception {
    int size = 1 << 30;
    Interpreter python = Interpreters.create();
    python.prepareMain(Map.of("r", from, "s", to));
    CompletableFuture<Void> sending =
        async(() -> python.run("m = bytearray(2 ** 30); m[-1] = 33; m = bytes(m); s.send(m)"));
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
    python.close();
  }

  // -- many --

  /** Ends that are closed while many use them: nobody hangs, and nothing comes from nowhere. */
  @Test
  void closingWhileManyWait() throws Exception {
    for (int round = 0; round < 100; round++) {
      use(Channel.open(4096));
      int closer = round % 3;
      Threads.inParallel(
          5,
          number -> {
            if (number == 4) {
              Thread.sleep(0, 100_000 * (int) (System.nanoTime() % 7 + 1));
              (closer == 0 ? (AutoCloseable) to : closer == 1 ? from : channel).close();
              return;
            }
            Throwable ended = catchThrowable(() -> sendOrReceiveForEver(number));
            assertThat(ended).isInstanceOfAny(Channel.Closed.class, Channel.End.class);
          });
      channel.close();
    }
  }

  private void sendOrReceiveForEver(int number) throws Exception {
    while (true) {
      switch (number) {
        case 0 -> to.send(number);
        case 1 -> to.send(new byte[10_000]);
        case 2 -> from.receive();
        default -> {
          Channel.select(List.of(from));
          try {
            from.receiveNowait();
          } catch (TimeoutException somebodyElse) {
            // look again
          }
        }
      }
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtualThreadsWaitAndAreInterrupted() throws Exception {
    Threads.inVirtualThreads(
        2,
        number -> {
          if (number == 0) {
            for (int i = 0; i < 1000; i++) {
              to.send(i % 100 == 0 ? LARGE : i);
            }
          } else {
            for (int i = 0; i < 1000; i++) {
              assertThat(from.receive()).isEqualTo(i % 100 == 0 ? LARGE : (Object) (long) i);
            }
          }
        });
    Threads.inVirtualThreads(
        1,
        number -> {
          Thread itself = Thread.currentThread();
          new Thread(itself::interrupt).start();
          assertThatThrownBy(from::receive).isInstanceOf(InterruptedException.class);
        });
  }

  /** However early it comes. */
  @Test
  void noInterruptOfASelectIsLost() throws Exception {
    for (int round = 0; round < 2000; round++) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread thread =
          new Thread(() -> ended.complete(catchThrowable(() -> Channel.select(List.of(from)))));
      thread.start();
      for (int spin = 0; spin < round % 200 * 20; spin++) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
  }

  /** One message goes around between four threads: a wake-up that is lost would stop it. */
  @Test
  void aMessageGoesAroundBetweenFourThreads() throws Exception {
    Channel[] ring = {Channel.open(4096), Channel.open(4096), Channel.open(4096), channel};
    Interpreter[] pythons = {Interpreters.create(), Interpreters.create()};
    for (Interpreter each : pythons) {
      each.run("def go(r, s, n):\n    for i in range(n): s.send(r.receive() + 1)");
    }
    int rounds = 10_000;
    Threads.inParallel(
        5,
        number -> {
          if (number == 4) {
            ring[0].sendEnd().send(0);
            return;
          }
          Channel.ReceiveEnd source = ring[number].receiveEnd();
          Channel.SendEnd target = ring[(number + 1) % 4].sendEnd();
          if (number % 2 == 0) {
            pythons[number / 2].call("go", source, target, rounds);
          } else {
            for (int i = 0; i < rounds; i++) {
              target.send((Long) source.receive() + 1);
            }
          }
        });
    assertThat(ring[0].receiveEnd().receive()).isEqualTo(4L * rounds);
    for (Interpreter each : pythons) {
      each.close();
    }
  }

  // -- descriptors --

  @Test
  void closedChannelsLeaveNoDescriptor() throws Exception {
    Interpreter python = Interpreters.create();
    long before = settled();
    for (int i = 0; i < 100; i++) {
      try (Channel each = Channel.open()) {
        each.sendEnd().send("unread");
        Channel.select(List.of(each.receiveEnd()));
        python.call("len", List.of(each.sendEnd()));
      }
    }
    assertThat(settled()).isEqualTo(before);
    python.close();
  }

  /** Also if they are on their way through themselves, or through another one. */
  @Test
  void droppedChannelsLeaveNoDescriptor() throws Exception {
    Interpreter python = Interpreters.create();
    long before = settled();
    for (int i = 0; i < 10; i++) {
      dropSome(python);
    }
    python.run("import gc; gc.collect()");
    assertThat(settled()).isEqualTo(before);
    python.close();
  }

  private static void dropSome(Interpreter python) throws Exception {
    Channel one = Channel.open();
    one.sendEnd().send(one.sendEnd());
    one.sendEnd().send(List.of(one.receiveEnd(), one.sendEnd()));
    Channel other = Channel.open();
    other.sendEnd().send(List.of(one.sendEnd(), other.receiveEnd()));
    one.sendEnd().send(other.sendEnd());
    python.run("import clutch; r, s = clutch.channel(); s.send((s, r)); r, s = None, None");
  }

  // -- memory --

  @Test
  void theProcessDoesNotGrow() throws Exception {
    try (Interpreter python = Interpreters.create()) {
      python.run("import clutch");
      for (int i = 0; i < 100; i++) {
        useUp(python);
      }
      long before = residentKib();
      for (int i = 0; i < 1000; i++) {
        useUp(python);
      }
      assertThat(residentKib() - before).isLessThan(MAX_GROWTH_KIB);
    }
  }

  /** Messages that are received, that have no room, and that nobody receives. */
  private void useUp(Interpreter python) throws Exception {
    try (Channel each = Channel.open()) {
      python.prepareMain(Map.of("r", each.receiveEnd(), "s", each.sendEnd()));
      python.run("s.send((s, r, range(9), bytes(20_000))); x = r.receive(); clutch.select([r], 0)");
      each.sendEnd().send(List.of(to, from, LARGE));
      assertThat(each.sendEnd().send(LARGE, Duration.ofNanos(1))).isFalse();
      assertThat((List<?>) each.receiveEnd().receiveNowait()).hasSize(3);
      each.sendEnd().send(List.of(to, each.receiveEnd(), new byte[50_000]));
    }
  }

  private static long residentKib() throws IOException, InterruptedException {
    settled();
    return ResidentSize.kib();
  }
}
