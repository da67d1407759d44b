package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Thread.interrupt} of a thread that is in Python. */
@Tag("jni")
@Timeout(60)
class ThreadInterruptTest extends InterruptFixture {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "while True: pass",
        "time.sleep(1e9)",
        "clutch.Queue().get()",
      })
  void interruptingTheThreadInsideEndsIt(String source) throws Exception {
    AtomicBoolean status = new AtomicBoolean();
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(
            () -> {
              thread.complete(Thread.currentThread());
              try {
                python.run("started.put(1)\n" + source);
              } finally {
                status.set(Thread.interrupted());
              }
            },
            Threads.OWN);
    started.get();
    thread.get().interrupt();
    assertInterrupted(ended);
    assertThat(status).isTrue();
  }

  @Test
  void cancellingAFutureEndsIt() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    Future<?> running = executor.submit(() -> python.run("started.put(1)\nwhile True: pass"));
    started.get();
    running.cancel(true);
    assertThat(executor.submit(() -> python.eval("6 * 7")).get(30, TimeUnit.SECONDS))
        .isEqualTo(42L);
    executor.shutdown();
  }

  /** Other threads in it go on, and its other interpreters. */
  @Test
  void onlyTheThreadThatIsInterruptedEnds() throws Exception {
    python.set("done", false);
    CompletableFuture<Void> other = running("while not done: pass");
    Thread interrupted = new Thread(() -> python.eval("clutch.Queue().get()"));
    interrupted.setUncaughtExceptionHandler((thread, thrown) -> {});
    interrupted.start();
    TimeUnit.MILLISECONDS.sleep(50);
    interrupted.interrupt();
    interrupted.join();
    TimeUnit.MILLISECONDS.sleep(100);
    assertThat(other).isNotDone();
    python.set("done", true);
    other.get(30, TimeUnit.SECONDS);
  }

  /** The innermost: what it called has a right to an answer. */
  @Test
  void whatIsCalledByACallbackIsInterruptedFirst() throws Exception {
    try (Interpreter inner = Interpreters.create()) {
      inner.set("started", started);
      python.set(
          "call_inner",
          (Runnable)
              () -> {
                try {
                  inner.run("started.put(1)\nwhile True: pass");
                } catch (PythonInterruptedException expected) {
                  Thread.interrupted();
                }
              });
      Thread thread = new Thread(() -> python.run("call_inner(); outer = 'went on'"));
      thread.start();
      started.get();
      thread.interrupt();
      thread.join();
      assertThat(python.get("outer")).isEqualTo("went on");
    }
  }
}
