package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that Python code starts are interrupted with it. */
@Tag("jni")
@Timeout(60)
class StartedThreadsInterruptTest extends InterruptFixture {
  @Test
  void aThreadOfPythonsIsInterruptedToo() throws Exception {
    CompletableFuture<Void> ended =
        running(
            """
            def work():
                try:
                    started.put("thread")
                    while True: pass
                except clutch.Interrupted:
                    started.put("ended")
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            """);
    assertThat(started.get()).isEqualTo("thread");
    TimeUnit.MILLISECONDS.sleep(20);
    python.interrupt();
    assertThat(started.get(Duration.ofSeconds(30))).isEqualTo("ended");
    ended.handle((nothing, interrupted) -> nothing).get(30, TimeUnit.SECONDS);
  }

  /** Also when it is the first to look for interrupts, as who began to wait last. */
  @Test
  void aThreadOfPythonsThatWaitsIsInterruptedToo() throws Exception {
    CompletableFuture<Void> ended =
        running(
            """
            def wait():
                now = time.monotonic()
                while time.monotonic() < now + 0.05: pass
                try:
                    clutch.Queue().get()
                except clutch.Interrupted:
                    started.put("ended")
            threading.Thread(target=wait).start()
            clutch.Queue().get()
            """);
    TimeUnit.MILLISECONDS.sleep(200);
    python.interrupt();
    assertThat(started.get(Duration.ofSeconds(30))).isEqualTo("ended");
    assertInterrupted(ended);
  }

  /** Who starts a thread waits for it; one that is interrupted before it has said so never does. */
  @Test
  void aThreadThatIsStartingIsInterruptedWhenItHasStarted() throws Exception {
    python.run("count = 0");
    CompletableFuture<Void> starting = CompletableFuture.runAsync(this::startThreads, Threads.OWN);
    while (!starting.isDone()) {
      python.interrupt();
      Thread.sleep(1);
    }
    starting.get();
  }

  /** Between two threads an interrupt ends the code, which then goes on. */
  private void startThreads() {
    boolean ended = false;
    while (!ended) {
      try {
        python.run(
            """
            while count < 3000:
                thread = threading.Thread(target=lambda: sum(range(10)))
                thread.start()
                thread.join()
                count += 1
            """);
        ended = true;
      } catch (PythonInterruptedException expected) {
        // that is what it is for
      }
    }
  }
}
