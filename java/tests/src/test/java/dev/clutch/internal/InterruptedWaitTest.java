package dev.clutch.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.PythonRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whose wait is interrupted before it begins takes nothing and gives nothing, though it could: in
 * Python an exception is on its way then, and what was taken would be lost.
 */
@Tag("jni")
class InterruptedWaitTest {
  private static final long FOREVER = -1;

  private long waiter;

  @BeforeAll
  static void start() {
    PythonRuntime.start();
  }

  @BeforeEach
  void interrupt() {
    waiter = NativeWaiter.create();
    NativeWaiter.interrupt(waiter);
  }

  @AfterEach
  void free() {
    NativeWaiter.free(waiter);
  }

  @Test
  void queuesStayAsTheyAre() throws InterruptedException {
    long queue = NativeQueue.create(2);
    Messages.Send put =
        (data, length, attachments, time, unused) ->
            NativeQueue.put(queue, data, length, attachments, time, 0);
    Messages.send(put, "first", 0);

    assertInterrupted(
        (data, length, attachments, time, unused) ->
            NativeQueue.put(queue, data, length, attachments, FOREVER, waiter));
    assertInterrupted(
        (buffer, capacity, time, unused) ->
            NativeQueue.get(queue, true, buffer, capacity, FOREVER, waiter));

    assertThat(NativeQueue.size(queue)).isOne();
    NativeShared.release(queue);
  }

  @Test
  void channelsStayAsTheyAre() throws InterruptedException {
    long[] ends = new long[2];
    assertThat(NativeChannel.open(0, ends)).isZero();
    Messages.Receive receive =
        (buffer, capacity, time, unused) ->
            NativeChannel.receive(ends[1], buffer, capacity, time, 0);
    Messages.send(
        (data, length, attachments, time, unused) ->
            NativeChannel.send(ends[0], data, length, attachments, time, 0),
        "first",
        0);

    assertInterrupted(
        (data, length, attachments, time, unused) ->
            NativeChannel.send(ends[0], data, length, attachments, FOREVER, waiter));
    assertInterrupted(
        (buffer, capacity, time, unused) ->
            NativeChannel.receive(ends[1], buffer, capacity, FOREVER, waiter));

    assertThat(Messages.receive(receive, 0)).isEqualTo("first");
    assertThat(Messages.receive(receive, 0)).isSameAs(Messages.NONE);
    NativeShared.release(ends[0]);
    NativeShared.release(ends[1]);
  }

  private static void assertInterrupted(Messages.Send send) {
    assertThatThrownBy(() -> Messages.send(send, "second", 0))
        .isInstanceOf(InterruptedException.class);
  }

  private static void assertInterrupted(Messages.Receive receive) {
    assertThatThrownBy(() -> Messages.receive(receive, 0)).isInstanceOf(InterruptedException.class);
  }
}
