package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Longs of a SharedBuffer that several threads use at once, in Java and in two interpreters. */
@Tag("jni")
@Timeout(120)
class SharedBufferWaitTest {
  private static final long TIMES = 1_000_000;

  private final SharedBuffer buffer = SharedBuffer.allocate(64);
  private final List<Interpreter> interpreters = new ArrayList<>();

  @BeforeEach
  void open() {
    for (int i = 0; i < 2; i++) {
      Interpreter interpreter = Interpreters.create();
      interpreter.set("view", buffer);
      interpreter.run("words = view.obj");
      interpreters.add(interpreter);
    }
  }

  @AfterEach
  void close() {
    interpreters.forEach(Interpreter::close);
  }

  private static CompletableFuture<Object> async(Supplier<Object> task) {
    return CompletableFuture.supplyAsync(task, Threads.OWN);
  }

  private CompletableFuture<Object> inPython(int number, String expression) {
    return async(() -> interpreters.get(number).eval(expression));
  }

  /** Until so many wait, whom this wakes. */
  private void notifyOnce(long index, long count) {
    for (long woken = 0; woken < count; ) {
      woken += buffer.notifyLong(index, count - woken);
      Thread.onSpinWait();
    }
  }

  // -- counting --

  @Test
  void additionsFromEverywhereAddUp() throws Exception {
    Threads.inParallel(
        4,
        number -> {
          if (number < 2) {
            interpreters
                .get(number)
                .run("for _ in range(" + TIMES + "):\n  words.add(0, 1)\n  words.add(1, -3)");
          } else {
            for (long i = 0; i < TIMES; i++) {
              buffer.addLong(0, 1);
              buffer.addLong(1, -3);
            }
          }
        });
    assertThat(buffer.getLong(0)).isEqualTo(4 * TIMES);
    assertThat(buffer.getLong(1)).isEqualTo(-12 * TIMES);
  }

  @Test
  void exchangesFromEverywhereAddUp() throws Exception {
    long times = TIMES / 10;
    String code =
        """
        for _ in range(%d):
            while not words.compare_and_set(0, n := words.get(0), n + 1):
                pass
        """
            .formatted(times);
    Threads.inParallel(
        4,
        number -> {
          if (number < 2) {
            interpreters.get(number).run(code);
            return;
          }
          for (long i = 0; i < times; i++) {
            long seen;
            do {
              seen = buffer.getLong(0);
            } while (!buffer.compareAndSetLong(0, seen, seen + 1));
          }
        });
    assertThat(buffer.getLong(0)).isEqualTo(4 * times);
  }

  // -- waiting --

  @Test
  void anotherValueIsNotWaitedFor() throws InterruptedException {
    assertThat(buffer.waitForLong(0, 1)).isTrue();
    assertThat(buffer.waitForLong(0, 1, Duration.ZERO)).isTrue();
    assertThat(interpreters.get(0).eval("words.wait(0, 1), words.wait(index=0, expected=-1)"))
        .isEqualTo(List.of(true, true));
  }

  @Test
  void timeouts() throws InterruptedException {
    assertThat(buffer.waitForLong(0, 0, Duration.ZERO)).isFalse();
    assertThat(buffer.waitForLong(0, 0, Duration.ofMillis(20))).isFalse();
    assertThat(interpreters.get(0).eval("words.wait(0, 0, 0), words.wait(0, 0, timeout=0.02)"))
        .isEqualTo(List.of(false, false));
    assertThatThrownBy(() -> buffer.waitForLong(0, 0, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void notificationsWakeBothSides() {
    List<CompletableFuture<Object>> waits =
        List.of(inPython(0, "words.wait(3, 0)"), inPython(1, "words.wait(3, 0)"), waitInJava(3));
    assertThat(buffer.notifyAllLong(2)).isZero();
    notifyOnce(3, 3);
    assertThat(waits).allSatisfy(wait -> assertThat(wait.join()).isEqualTo(true));
    CompletableFuture<Object> inJava = waitInJava(4);
    interpreters.get(0).run("while not words.notify(4): pass");
    assertThat(inJava.join()).isEqualTo(true);
  }

  private CompletableFuture<Object> waitInJava(long index) {
    return async(
        () -> {
          try {
            return buffer.waitForLong(index, 0);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        });
  }

  @Test
  void notifyWakesNoMoreThanItShall() {
    List<CompletableFuture<Object>> waits =
        List.of(waitInJava(0), waitInJava(0), inPython(0, "words.wait(0, 0)"));
    notifyOnce(0, 2);
    while (waits.stream().filter(Future::isDone).count() < 2) {
      Thread.onSpinWait();
    }
    assertThat(buffer.notifyLong(0, 0)).isZero();
    notifyOnce(0, 1);
    waits.forEach(CompletableFuture::join);
    assertThat(buffer.notifyAllLong(0)).isZero();
  }

  /** Each waits for its turn: one lost wake-up, and it stands still. */
  @Test
  void pingPong() throws Exception {
    int rounds = 20_000;
    String code =
        """
        def play(mine, rounds):
            for _ in range(rounds):
                while (turn := words.get(0)) != mine:
                    words.wait(0, turn)
                words.set(0, (mine + 1) % 3)
                words.notify_all(0)
        """;
    Threads.inParallel(
        3,
        number -> {
          if (number < 2) {
            interpreters.get(number).run(code);
            interpreters.get(number).call("play", number, rounds);
            return;
          }
          for (int i = 0; i < rounds; i++) {
            for (long turn; (turn = buffer.getLong(0)) != 2; ) {
              buffer.waitForLong(0, turn);
            }
            buffer.setLong(0, 0);
            buffer.notifyAllLong(0);
          }
        });
    assertThat(buffer.getLong(0)).isZero();
  }

  @Test
  void othersUseTheInterpreterMeanwhile() {
    CompletableFuture<Object> waiting = inPython(0, "words.wait(0, 0)");
    interpreters.get(0).run("while not words.notify(0): pass");
    assertThat(waiting.join()).isEqualTo(true);
  }

  // -- the end of a wait --

  @Test
  void anInterruptEndsTheWait() throws Exception {
    var executor = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < 200; i++) {
        Future<Boolean> waiting = executor.submit(() -> buffer.waitForLong(0, 0));
        if (i % 2 == 0) {
          Thread.sleep(1);
        }
        if (!waiting.cancel(true)) {
          throw new AssertionError("it did not wait");
        }
      }
      assertThat(executor.submit(() -> buffer.waitForLong(0, 0, Duration.ofMillis(5))).get())
          .isFalse();
    } finally {
      executor.shutdown();
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> buffer.waitForLong(0, 1)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(buffer.notifyAllLong(0)).isZero();
  }

  @Test
  void closeEndsTheWait() {
    CompletableFuture<Object> waiting = inPython(0, "words.set(6, 1) or words.wait(5, 0)");
    while (buffer.getLong(6) == 0) {
      Thread.onSpinWait();
    }
    interpreters.remove(0).close(Duration.ofSeconds(20));
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(PythonException.class);
    assertThat(buffer.notifyAllLong(5)).isZero();
    assertThat(interpreters.get(0).eval("words.get(6)")).isEqualTo(1L);
  }
}
