package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Attachment;
import dev.clutch.InterpreterBusyException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Other threads need an interpreter that one keeps attached. */
class AttachmentWaitTest extends AttachmentFixture {
  /** Ends at last, so that a failure is not a hang. */
  private static final String RUNAWAY =
      """
      begun()
      end = time.monotonic() + 15
      while time.monotonic() < end: pass
      """;

  // -- waiting --

  @Test
  void anotherThreadWaitsUntilTheScopeIsClosed() throws Exception {
    CompletableFuture<Object> waiting;
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      waiting = elsewhere(() -> python.eval("'proceeds'"));
      assertThatThrownBy(() -> waiting.get(PATIENCE_MILLIS / 3, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    }
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo("proceeds");
  }

  @Test
  void othersWaitForAsLongAsTheAttachedThreadWorks() throws Exception {
    CompletableFuture<Object> waiting;
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      waiting = elsewhere(() -> python.eval("'proceeds'"));
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * PATIENCE_MILLIS);
      while (System.nanoTime() < end) {
        python.eval("sum(range(100))");
      }
      python.run("end = time.monotonic() + 1.2\nwhile time.monotonic() < end: pass");
      assertThat(waiting).isNotDone();
    }
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo("proceeds");
  }

  @Test
  void manyThreadsAttachInTurn() throws Exception {
    python.run("n = 0");
    List<CompletableFuture<Object>> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(elsewhere(this::countToAHundred));
    }
    for (CompletableFuture<Object> thread : threads) {
      thread.get(30, TimeUnit.SECONDS);
    }
    assertThat(python.get("n")).isEqualTo(8L * 20 * 100);
  }

  /** Without a lock: nobody comes between. */
  private Object countToAHundred() {
    for (int round = 0; round < 20; round++) {
      try (Attachment scope = python.attach()) {
        assertThat(scope).isNotNull();
        for (int i = 0; i < 100; i++) {
          python.set("n", (Long) python.get("n") + 1);
        }
      }
    }
    return true;
  }

  @Test
  void pythonThreadsWaitForTheScope() throws Exception {
    python.run(
        """
        import threading
        n, stop = 0, False
        def work():
            global n
            while not stop:
                n += 1
        t = threading.Thread(target=work)
        t.start()
        """);
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThat(python.eval("n >= 0")).isEqualTo(true);
      python.run("stop = True");
    }
    python.run("t.join()");
  }

  // -- no longer waiting --

  @Test
  void whoWaitsForAnotherThreadThatNeedsTheInterpreterIsToldSo() throws Exception {
    Thread.currentThread().setName("the attached one");
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      CompletableFuture<Object> needsIt = elsewhere(() -> python.eval("1"));
      Throwable thrown = catchThrowable(() -> needsIt.get(20, TimeUnit.SECONDS));
      assertThat(thrown)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(InterpreterBusyException.class)
          .hasMessageContaining("the attached one");
      assertThat(thrown.getCause().getSuppressed()[0].getStackTrace())
          .anyMatch(frame -> frame.getMethodName().startsWith("whoWaits"));
      assertThat(python.eval("2")).isEqualTo(2L);
    }
    assertThat(elsewhere(() -> python.eval("3")).get(10, TimeUnit.SECONDS)).isEqualTo(3L);
  }

  @Test
  void attachingIsRefusedTooAfterTheSameWait() throws Exception {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      CompletableFuture<Object> needsIt =
          elsewhere(
              () -> {
                try (Attachment second = python.attach()) {
                  return second;
                }
              });
      assertThatThrownBy(() -> needsIt.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterpreterBusyException.class);
    }
    assertThat(elsewhere(() -> python.eval("3")).get(10, TimeUnit.SECONDS)).isEqualTo(3L);
  }

  /** These have no buffer in which they could be told so. */
  @Test
  void callsWithSmallIntsAreRefusedAsWell() throws Exception {
    PyFunction add = python.function("add");
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      CompletableFuture<Object> needsIt = elsewhere(() -> add.call(1L, 2L));
      assertThatThrownBy(() -> needsIt.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterpreterBusyException.class);
      assertThat(add.call(1L, 2L)).isEqualTo(3L);
    }
    assertThat(elsewhere(() -> add.call(3L, 4L)).get(10, TimeUnit.SECONDS)).isEqualTo(7L);
    add.close();
  }

  @Test
  void objectsAreClosedByOtherThreadsWithoutWaitingForEver() throws Exception {
    PyObject object = python.eval("object()", PyObject.class);
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      CompletableFuture<Boolean> closing =
          elsewhere(
              () -> {
                object.close();
                return true;
              });
      assertThat(closing.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(object.isClosed()).isTrue();
    }
  }

  // -- interrupting --

  /** Another thread is attached and runs code without end: what it threw in the end. */
  private CompletableFuture<Throwable> runawayWhileAttached() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    python.set("begun", (Runnable) begun::countDown);
    CompletableFuture<Throwable> attached =
        elsewhere(
            () -> {
              try (Attachment scope = python.attach()) {
                assertThat(scope).isNotNull();
                return catchThrowable(() -> python.run(RUNAWAY));
              }
            });
    begun.await();
    return attached;
  }

  @Test
  void theAttachedThreadCanBeInterrupted() throws Exception {
    CompletableFuture<Throwable> attached = runawayWhileAttached();
    CompletableFuture<Object> interrupter =
        elsewhere(
            () -> {
              python.interrupt();
              return true;
            });
    interrupter.get(30, TimeUnit.SECONDS);
    assertThat(attached.get(20, TimeUnit.SECONDS)).isInstanceOf(PythonInterruptedException.class);
  }

  @Test
  void aGracefulCloseInterruptsTheAttachedThread() throws Exception {
    CompletableFuture<Throwable> attached = runawayWhileAttached();
    elsewhere(() -> catchThrowable(() -> python.close(Duration.ofSeconds(10))))
        .get(30, TimeUnit.SECONDS);
    assertThat(attached.get(20, TimeUnit.SECONDS)).isInstanceOf(PythonInterruptedException.class);
    assertThat(python.isClosed()).isTrue();
  }
}
