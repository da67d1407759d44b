package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.InterpreterQueue;
import dev.clutch.NotShareableException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues, used from Java alone. */
@Tag("jni")
@Timeout(60)
class QueueTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration CENTURIES = Duration.ofSeconds(Long.MAX_VALUE);

  private final InterpreterQueue queue = InterpreterQueue.create();

  private static InterpreterQueue full() {
    InterpreterQueue full = InterpreterQueue.create(1);
    full.putNowait("first");
    return full;
  }

  // -- values --

  @Test
  void valuesArriveAsTheyWerePut() throws InterruptedException {
    List<Object> values =
        List.of(
            true,
            -1L,
            1L << 62,
            BigInteger.ONE.shiftLeft(10_000).negate(),
            Double.MIN_VALUE,
            "text \ud800 \udc00\ud800 \ud83d\ude00",
            "x".repeat(100_000),
            new byte[] {1, 2},
            new byte[1 << 20],
            new long[] {1, Long.MIN_VALUE},
            new double[50_000],
            new boolean[] {true, false},
            List.of(1L, List.of("nested")),
            Set.of(1L, 2L),
            Map.of("key", Map.of()),
            new BigDecimal("-1.50"),
            LocalDate.of(2024, 2, 29),
            Duration.ofNanos(-1_000),
            UUID.randomUUID());
    for (Object value : values) {
      queue.put(value);
    }
    assertThat(queue).hasSameSizeAs(values);
    for (Object value : values) {
      assertThat(queue.peek()).isEqualTo(value);
      assertThat(queue.get()).isEqualTo(value);
    }
  }

  @Test
  void valuesAreCopiedWhenTheyArePut() {
    List<Object> list = new ArrayList<>(List.of(1L));
    ByteBuffer memory = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1).limit(3);
    queue.putNowait(list);
    queue.putNowait(memory);
    queue.putNowait(memory.asReadOnlyBuffer());
    list.add(2L);
    memory.put(1, (byte) 9);
    assertThat(queue.getNowait()).isEqualTo(List.of(1L));
    ByteBuffer copy = (ByteBuffer) queue.getNowait();
    assertThat(copy).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3}));
    assertThat(copy.isReadOnly()).isFalse();
    assertThat(((ByteBuffer) queue.getNowait()).isReadOnly()).isTrue();
    assertThat(memory.position()).isEqualTo(1);
  }

  @Test
  void aQueueIsSentAsItself() {
    InterpreterQueue other = InterpreterQueue.create(7);
    queue.putNowait(Arrays.asList(other, null, queue, other));
    List<?> got = (List<?>) queue.getNowait();
    assertThat(got.get(0)).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo(queue);
    assertThat(got.get(2)).isEqualTo(queue);
    assertThat(got.get(3)).isEqualTo(other);
    assertThat(((InterpreterQueue) got.get(0)).maxsize()).isEqualTo(7);
    assertThat(queue).isNotEqualTo("a string").hasToString("InterpreterQueue[0 messages]");
  }

  @Test
  void whatCannotBeSentIsRefusedWithItsPath() {
    Supplier<Object> callable = () -> 1;
    assertThatThrownBy(() -> queue.put(List.of(1, Map.of("key", callable))))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("value[1][\"key\"] is a ")
        .hasMessageContaining("callables and handles cannot be sent");
    assertThatThrownBy(() -> queue.offer(new Object()))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("value is a java.lang.Object, which cannot");
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    assertThatThrownBy(() -> queue.putNowait(itself))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("contains itself");
    assertThat(queue).isEmpty();
  }

  // -- as a BlockingQueue --

  @Test
  void whatNullMeansDependsOnTheMethod() throws InterruptedException {
    queue.put(null);
    queue.putNowait(null);
    queue.put(null, SHORT);
    assertThat(queue.get()).isNull();
    assertThat(queue.take()).isNull();
    List<ThrowingCallable> refusing =
        List.of(
            queue::poll,
            () -> queue.poll(1, TimeUnit.SECONDS),
            queue::peek,
            queue::element,
            queue::remove,
            () -> queue.offer(null),
            () -> queue.offer(null, 1, TimeUnit.SECONDS),
            () -> queue.add(null));
    for (ThrowingCallable each : refusing) {
      assertThatThrownBy(each).isInstanceOf(NullPointerException.class).hasMessageContaining("()");
      assertThat(queue).hasSize(1);
    }
    assertThat(queue.contains(null)).isTrue();
    assertThat(queue.getNowait()).isNull();
  }

  @Test
  void anEmptyQueueHasNothing() throws InterruptedException {
    assertThat(queue.poll()).isNull();
    assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
    assertThat(queue.poll(-1, TimeUnit.DAYS)).isNull();
    assertThat(queue.peek()).isNull();
    assertThat(queue.iterator().hasNext()).isFalse();
    assertThatThrownBy(queue::element).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
    for (ThrowingCallable get :
        List.<ThrowingCallable>of(
            queue::getNowait, () -> queue.get(SHORT), () -> queue.get(Duration.ZERO))) {
      assertThatThrownBy(get)
          .isInstanceOf(InterpreterQueue.Empty.class)
          .isInstanceOf(NoSuchElementException.class);
    }
    assertThat(queue.remainingCapacity()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aFullQueueTakesNothing() throws InterruptedException {
    InterpreterQueue full = full();
    assertThat(full.remainingCapacity()).isZero();
    assertThat(full.offer("x")).isFalse();
    assertThat(full.offer("x", 1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(full.offer("x", -1, TimeUnit.MILLISECONDS)).isFalse();
    assertThatThrownBy(() -> full.add("x")).isInstanceOf(IllegalStateException.class);
    for (ThrowingCallable put :
        List.<ThrowingCallable>of(
            () -> full.putNowait("x"),
            () -> full.put("x", SHORT),
            () -> full.put(null, Duration.ZERO))) {
      assertThatThrownBy(put)
          .isInstanceOf(InterpreterQueue.Full.class)
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(full).containsExactly("first");
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> InterpreterQueue.create(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.get(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.put(1, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    queue.putNowait("kept");
    assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.drainTo(null, 0)).isInstanceOf(NullPointerException.class);
    assertThat(queue).containsExactly("kept");
  }

  @Test
  void itIsDrained() {
    queue.addAll(List.of(1L, 2L, 3L));
    queue.putNowait(null);
    Collection<Object> target = new ArrayList<>();
    assertThat(queue.drainTo(target, -1)).isZero();
    assertThat(queue.drainTo(target, 2)).isEqualTo(2);
    assertThat(queue.drainTo(target)).isEqualTo(2);
    assertThat(queue.drainTo(target)).isZero();
    assertThat(target).containsExactly(1L, 2L, 3L, null);
  }

  @Test
  void itIsClearedWhateverIsInIt() {
    queue.putNowait(null);
    queue.putNowait(List.of(1));
    queue.clear();
    assertThat(queue).isEmpty();
    queue.putNowait(1);
    queue.close();
    queue.clear();
    assertThat(queue).isEmpty();
  }

  @Test
  void iteratorsShowCopiesAndRemoveNothing() {
    queue.addAll(List.of("a", "b"));
    Iterator<?> iterator = queue.iterator();
    queue.putNowait("c");
    assertThat(queue.getNowait()).isEqualTo("a");
    assertThat(iterator.next()).isEqualTo("a");
    assertThatThrownBy(iterator::remove).isInstanceOf(UnsupportedOperationException.class);
    assertThat(iterator.next()).isEqualTo("b");
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(() -> queue.remove("b")).isInstanceOf(UnsupportedOperationException.class);
    assertThat(queue.toArray()).containsExactly("b", "c");
  }

  // -- waiting --

  /** Something that waits, on a thread of its own, and what becomes of it. */
  private static CompletableFuture<Throwable> waiting(Thread[] thread, ThrowingCallable action) {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    thread[0] = new Thread(() -> ended.complete(catchThrowable(action)));
    thread[0].start();
    assertThatThrownBy(() -> ended.get(50, TimeUnit.MILLISECONDS)).isNotNull();
    return ended;
  }

  private static List<ThrowingCallable> getting(InterpreterQueue empty) {
    return List.of(
        empty::get,
        empty::take,
        () -> empty.get(CENTURIES),
        () -> empty.poll(Long.MAX_VALUE, TimeUnit.DAYS));
  }

  private static List<ThrowingCallable> putting(InterpreterQueue full) {
    return List.of(
        () -> full.put("x"),
        () -> full.put("x", CENTURIES),
        () -> full.offer("x", Long.MAX_VALUE, TimeUnit.DAYS));
  }

  @Test
  void aGetWaitsForAPut() throws Exception {
    Map<CompletableFuture<Throwable>, Boolean> all = new HashMap<>();
    for (ThrowingCallable each : getting(queue)) {
      all.put(waiting(new Thread[1], each), true);
    }
    for (int i = 0; i < all.size(); i++) {
      queue.put(i);
    }
    for (CompletableFuture<Throwable> each : all.keySet()) {
      assertThat(each.get()).isNull();
    }
    assertThat(queue).isEmpty();
  }

  @Test
  void aPutWaitsForRoom() throws Exception {
    InterpreterQueue full = full();
    for (ThrowingCallable each : putting(full)) {
      CompletableFuture<Throwable> putting = waiting(new Thread[1], each);
      assertThat(full.get()).isIn("first", "x");
      assertThat(putting.get()).isNull();
      assertThat(full).containsExactly("x");
    }
  }

  @Test
  void interruptsEndWaits() throws Exception {
    InterpreterQueue full = full();
    List<ThrowingCallable> all = new ArrayList<>(getting(queue));
    all.addAll(putting(full));
    for (ThrowingCallable each : all) {
      Thread[] thread = new Thread[1];
      CompletableFuture<Throwable> ended =
          waiting(
              thread,
              () -> {
                Throwable thrown = catchThrowable(each);
                assertThat(Thread.interrupted()).as("the status, which was consumed").isFalse();
                throw thrown;
              });
      thread[0].interrupt();
      assertThat(ended.get()).isExactlyInstanceOf(InterruptedException.class);
    }
    assertThat(full).hasSize(1);
    queue.put("still usable");
    assertThat(queue.get()).isEqualTo("still usable");
  }

  @Test
  void closingEndsWaits() throws Exception {
    InterpreterQueue full = full();
    List<CompletableFuture<Throwable>> waiting = new ArrayList<>();
    getting(queue).forEach(each -> waiting.add(waiting(new Thread[1], each)));
    putting(full).forEach(each -> waiting.add(waiting(new Thread[1], each)));
    queue.close();
    full.close();
    for (CompletableFuture<Throwable> each : waiting) {
      assertThat(each.get()).isInstanceOf(InterpreterQueue.Closed.class);
    }
  }

  /** The JDK's own channels miss one that comes just when the wait begins, on JDK 17. */
  @Test
  void noInterruptIsMissed() throws Exception {
    int rounds = 50_000;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    Thread waiting =
        new Thread(
            () -> {
              while (begun.incrementAndGet() <= rounds) {
                assertThatThrownBy(queue::get).isInstanceOf(InterruptedException.class);
                ended.incrementAndGet();
              }
            });
    waiting.start();
    for (int round = 1; round <= rounds; round++) {
      while (begun.get() < round) {
        Thread.onSpinWait();
      }
      for (int spins = round % 200; spins > 0; spins--) {
        Thread.onSpinWait();
      }
      waiting.interrupt();
      while (ended.get() < round) {
        Thread.onSpinWait();
      }
    }
    waiting.join();
  }
}
