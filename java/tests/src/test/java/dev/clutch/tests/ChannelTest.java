package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Channel;
import dev.clutch.InterpreterQueue;
import dev.clutch.NotShareableException;
import dev.clutch.Pickled;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels, used from Java. */
@Tag("jni")
@Timeout(60)
class ChannelTest extends ChannelFixture {
  // -- values --

  private static Stream<Object> values() {
    return Stream.of(
        true,
        7L,
        -1L,
        Long.MIN_VALUE,
        BigInteger.TEN.pow(50),
        2.5,
        Double.NaN,
        "",
        "text \u00e9",
        "\u20ac \ud83d\ude00 \ud800",
        List.of(),
        List.of(1L, List.of("a", 2.0)),
        Set.of(1L, "x"),
        Map.of("k", List.of(Map.of(1L, 2L))),
        LocalDate.of(2024, 2, 29),
        Duration.ofSeconds(5, 1000),
        new BigDecimal("1.50"),
        new UUID(1, 2),
        new Pickled(new byte[] {'N', '.'}));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueArrivesAsItWas(Object value) throws Exception {
    to.send(value);
    assertThat(from.receive()).isEqualTo(value);
  }

  @Test
  void nullArraysAndMemoryArrive() throws Exception {
    to.send(null);
    to.send(new byte[] {1, 2});
    to.send(new double[] {0.5});
    to.send(ByteBuffer.allocateDirect(3).put(1, (byte) 9));
    assertThat(from.receive()).isNull();
    assertThat(from.receive()).isEqualTo(new byte[] {1, 2});
    assertThat(from.receive()).isEqualTo(new double[] {0.5});
    assertThat(from.receive()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 9, 0}));
  }

  @Test
  void whatBelongsToAnInterpreterIsRefusedWithItsPath() {
    Runnable callable = () -> {};
    assertThatThrownBy(() -> to.send(List.of(1, Map.of("key", callable))))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("value[1][\"key\"]");
    assertThatThrownBy(() -> to.sendNowait(new Object()))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("value");
    assertThatThrownBy(() -> from.receiveNowait()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void endsAndQueuesArriveAsTheSame() throws Exception {
    InterpreterQueue queue = InterpreterQueue.create();
    to.send(List.of(to, from, queue));
    assertThat(from.receive()).isEqualTo(List.of(to, from, queue));
    assertThat(to).hasSameHashCodeAs(to).isNotEqualTo(from).isNotEqualTo(null);
    assertThat(Channel.open().sendEnd()).isNotEqualTo(to);
  }

  // -- the end --

  @Test
  void receiversGetWhatIsLeftAndThenTheEnd() throws Exception {
    to.send(1);
    to.send(null);
    to.close();
    to.close();
    assertThat(to.isClosed()).isTrue();
    assertThat(from.isClosed()).isFalse();
    assertThat(from).hasToString("Channel.ReceiveEnd[open]");
    assertThat(to).hasToString("Channel.SendEnd[closed]");
    assertThat(from).containsExactly(1L, null);
    for (ThrowingCallable receive : receives()) {
      assertThatThrownBy(receive)
          .isInstanceOf(Channel.End.class)
          .hasMessage("the channel is at its end");
    }
    assertThat(from.iterator().hasNext()).isFalse();
    assertThatThrownBy(() -> from.iterator().next()).isInstanceOf(Channel.End.class);
  }

  private List<ThrowingCallable> receives() {
    return List.of(from::receive, () -> from.receive(SHORT), from::receiveNowait);
  }

  private List<ThrowingCallable> sends() {
    return List.of(() -> to.send(1), () -> to.send(LARGE, SHORT), () -> to.sendNowait(1));
  }

  @Test
  void withoutReceiversNothingIsSent() throws Exception {
    to.send("dropped");
    from.close();
    for (ThrowingCallable send : sends()) {
      assertThatThrownBy(send)
          .isInstanceOf(Channel.Closed.class)
          .hasMessage("the end of the channel that receives is closed");
    }
  }

  @Test
  void aClosedEndSaysSo() {
    channel.close();
    for (ThrowingCallable each : Stream.of(sends(), receives()).flatMap(List::stream).toList()) {
      assertThatThrownBy(each)
          .isInstanceOf(Channel.Closed.class)
          .hasMessage("this end of the channel is closed");
    }
    assertThatThrownBy(() -> from.iterator().next()).isInstanceOf(Channel.Closed.class);
  }

  // -- waiting --

  @Test
  void timesOverAreNoErrorsAndLoseNothing() throws Exception {
    assertThatThrownBy(() -> from.receive(SHORT)).isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> from.receive(Duration.ZERO)).isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> from.receive(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(to.send("sent", Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    assertThat(from.receive(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo("sent");
    assertThat(to.sendNowait(LARGE)).isTrue();
    assertThat(to.sendNowait(LARGE)).as("a second one beside the pipe").isFalse();
    assertThat(to.send(LARGE, SHORT)).isFalse();
    fill();
    assertThat(to.send(new byte[1000], SHORT)).isFalse();
    assertThat(from.receive()).isEqualTo(LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsAWait(Waits wait) throws Exception {
    Thread[] thread = new Thread[1];
    CompletableFuture<Throwable> ended = waiting(thread, () -> wait.begin(this));
    thread[0].interrupt();
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    assertThat(from.isClosed() || to.isClosed()).isFalse();
  }

  @Test
  void anInterruptedThreadDoesNotBegin() throws Exception {
    to.send(1);
    for (ThrowingCallable each :
        List.<ThrowingCallable>of(
            from::receive, () -> to.send(2), () -> Channel.select(List.of(from)))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(each).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    Thread.currentThread().interrupt();
    assertThat(to.sendNowait(3)).isTrue();
    assertThat(from.receiveNowait()).isEqualTo(1L);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(from.receive()).isEqualTo(3L);
  }

  @ParameterizedTest
  @EnumSource
  void closingTheOwnEndEndsAWait(Waits wait) throws Exception {
    CompletableFuture<Throwable> ended = waiting(() -> wait.begin(this));
    close(wait.receives);
    assertThat(ended.get())
        .isInstanceOf(Channel.Closed.class)
        .hasMessage("this end of the channel is closed");
  }

  @ParameterizedTest
  @EnumSource
  void closingTheOtherEndEndsAWait(Waits wait) throws Exception {
    CompletableFuture<Throwable> ended = waiting(() -> wait.begin(this));
    close(!wait.receives);
    assertThat(ended.get()).isInstanceOf(wait.endedByTheOther);
  }

  /** The others end when the last object that is the end is gone. */
  @ParameterizedTest
  @EnumSource
  void droppingTheOtherEndEndsAWait(Waits wait) throws Exception {
    ChannelTest half = new ChannelTest(); // which refers to no other end
    if (wait.receives) {
      half.from = from;
    } else {
      half.to = to;
    }
    CompletableFuture<Throwable> ended = waiting(() -> wait.begin(half));
    channel = null;
    to = null;
    from = null;
    while (!ended.isDone()) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(ended.get()).isInstanceOf(wait.endedByTheOther);
    openChannel();
  }

  // -- selecting --

  @Test
  void selectFindsThoseThatAreReady() throws Exception {
    Channel other = Channel.open();
    Channel closed = Channel.open();
    List<Channel.ReceiveEnd> ends = List.of(from, other.receiveEnd(), closed.receiveEnd(), from);
    assertThat(Channel.select(ends, SHORT)).isEmpty();
    assertThat(Channel.select(ends, Duration.ZERO)).isEmpty();
    assertThat(Channel.select(List.of(), SHORT)).isEmpty();
    other.sendEnd().send(1);
    assertThat(Channel.select(ends)).containsExactly(other.receiveEnd());
    to.send(1);
    assertThat(Channel.select(ends, SHORT)).containsExactly(from, other.receiveEnd(), from);
    other.receiveEnd().receive();
    from.receive();
    closed.receiveEnd().close();
    assertThat(Channel.select(ends)).containsExactly(closed.receiveEnd());
    other.sendEnd().close();
    assertThat(Channel.select(ends)).containsExactly(other.receiveEnd(), closed.receiveEnd());
    other.close();
  }
}
