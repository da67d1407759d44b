package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads use interpreters as platform threads do. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualThreadTest {
  private static final int THREADS = 1_000;
  private static final int INTERPRETERS = 4;

  private final List<Interpreter> interpreters = new ArrayList<>();

  @BeforeEach
  void createInterpreters() {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    for (int i = 0; i < INTERPRETERS; i++) {
      Interpreter interpreter = Interpreters.create();
      interpreter.run(
          """
          import threading
          lock, count = threading.Lock(), 0
          def add(n):
              global count
              with lock:
                  seen = count
                  count = seen + n
              return n + 1
          def spin(seconds):
              import time
              ends = time.monotonic() + seconds
              while time.monotonic() < ends: pass
          """);
      interpreters.add(interpreter);
    }
  }

  @AfterEach
  void closeInterpreters() {
    interpreters.forEach(interpreter -> interpreter.close(Duration.ofSeconds(10)));
  }

  @Test
  void aThousandShareAFew() throws Exception {
    Threads.inVirtualThreads(
        THREADS,
        number -> {
          for (int round = 0; round < 10; round++) {
            Interpreter interpreter = interpreters.get((number + round) % INTERPRETERS);
            assertThat(interpreter.call("add", 1)).isEqualTo(2L);
            Thread.yield();
          }
        });

    for (Interpreter interpreter : interpreters) {
      assertThat(interpreter.get("count")).isEqualTo(THREADS * 10L / INTERPRETERS);
    }
  }

  @Test
  void callbacksRunOnTheThreadThatCalled() throws Exception {
    ThreadLocal<Integer> local = new ThreadLocal<>();
    AtomicLong sum = new AtomicLong();
    Function<Object, @Nullable Object> callback =
        value -> {
          pause();
          sum.addAndGet((Long) value);
          return local.get();
        };
    interpreters.forEach(interpreter -> interpreter.set("callback", callback));

    Threads.inVirtualThreads(
        THREADS,
        number -> {
          local.set(number);
          Interpreter interpreter = interpreters.get(number % INTERPRETERS);
          assertThat(interpreter.eval("callback(1)")).isEqualTo((long) number);
        });

    assertThat(sum).hasValue(THREADS);
  }

  @Test
  void callbacksReachOtherInterpreters() throws Exception {
    for (int i = 0; i < INTERPRETERS; i++) {
      Interpreter next = interpreters.get((i + 1) % INTERPRETERS);
      Function<Object, @Nullable Object> pass =
          depth -> (Long) depth == 0 ? 0 : next.eval("1 + pass_on(" + ((Long) depth - 1) + ")");
      interpreters.get(i).set("pass_on", pass);
    }

    Threads.inVirtualThreads(
        THREADS,
        number ->
            assertThat(interpreters.get(number % INTERPRETERS).call("pass_on", 10)).isEqualTo(10L));
  }

  @Test
  void eachMayHaveAnInterpreterOfItsOwn() throws Exception {
    Threads.inVirtualThreads(
        THREADS,
        number -> {
          if (number % 20 == 0) {
            try (Interpreter own = Interpreters.create()) {
              assertThat(own.eval("6 * 7")).isEqualTo(42L);
            }
          }
        });
  }

  @Test
  void interruptingOneEndsItsPythonCode() throws Exception {
    Interpreter python = interpreters.get(0);
    InterpreterQueue started = InterpreterQueue.create();
    python.set("started", started);
    Future<Boolean> status =
        Threads.virtualThreads()
            .submit(
                () -> {
                  assertThatThrownBy(() -> python.run("started.put(1)\nwhile True: pass"))
                      .isInstanceOf(PythonInterruptedException.class);
                  return Thread.interrupted();
                });
    started.get();
    Thread inside = python.dumpStack().threads().get(0).thread();
    assertThat(inside).isNotNull();

    inside.interrupt();

    assertThat(status.get(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Carriers go from one to the next, the interrupt does not. */
  @Test
  void onlyTheInterruptedOneEnds() throws Exception {
    AtomicLong interrupted = new AtomicLong();

    Threads.inVirtualThreads(
        200,
        number -> {
          boolean interrupts = number % 3 == 0;
          if (interrupts) {
            Thread.currentThread().interrupt();
          }
          try {
            interpreters.get(number % INTERPRETERS).call("spin", 0.05);
          } catch (PythonInterruptedException e) {
            assertThat(interrupts).isTrue();
            interrupted.incrementAndGet();
          }
          assertThat(Thread.interrupted()).isEqualTo(interrupts);
        });

    assertThat(interrupted).hasPositiveValue();
  }

  private static void pause() {
    try {
      TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(200));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
