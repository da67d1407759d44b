package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What cannot be done with an attachment, or with an interpreter that is attached. */
class AttachmentMisuseTest extends AttachmentFixture {
  // -- the scope --

  @Test
  void onlyItsOwnThreadClosesIt() {
    try (Attachment scope = python.attach()) {
      CompletableFuture<Throwable> thrown = elsewhere(() -> catchThrowable(scope::close));
      assertThat(thrown.join())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(Thread.currentThread().getName());
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void scopesAreClosedInTheirOrder() {
    Attachment outer = python.attach();
    Attachment inner = python.attach();
    assertThatThrownBy(outer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("opened later");
    assertThat(python.eval("1")).isEqualTo(1L);
    inner.close();
    outer.close();
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
  }

  @Test
  void aThreadThatEndsLetsGo() throws Exception {
    Thread forgetful = new Thread(() -> python.attach());
    forgetful.start();
    forgetful.join();
    CompletableFuture<Object> next = elsewhere(() -> python.eval("1"));
    assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(1L);
    python.close(Duration.ofSeconds(5));
    assertThat(python.isClosed()).isTrue();
  }

  @Test
  void virtualThreadsAreRefused() throws Exception {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable task = () -> thrown.set(catchThrowable(python::attach));
    Thread thread =
        (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    thread.join();
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("virtual thread");
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  // -- closing the interpreter --

  @Test
  void theAttachedInterpreterCannotBeClosed() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThatThrownBy(python::close)
          .isInstanceOf(InterpreterBusyException.class)
          .hasMessageContaining("attached");
      long start = System.nanoTime();
      assertThatThrownBy(() -> python.close(Duration.ofSeconds(30)))
          .isInstanceOf(InterpreterBusyException.class);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(python.eval("1")).isEqualTo(1L);
      assertThat(python.isClosed()).isFalse();
    }
  }

  @Test
  void anotherThreadCannotCloseItEither() throws Exception {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      CompletableFuture<Throwable> closing = elsewhere(() -> catchThrowable(python::close));
      assertThat(closing.get(20, TimeUnit.SECONDS)).isInstanceOf(InterpreterBusyException.class);
      CompletableFuture<Throwable> gently =
          elsewhere(() -> catchThrowable(() -> python.close(Duration.ofMillis(300))));
      assertThat(gently.get(20, TimeUnit.SECONDS)).isInstanceOf(InterpreterBusyException.class);
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void aPatientCloseWaitsForTheScope() throws Exception {
    CompletableFuture<Throwable> closing;
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      closing = elsewhere(() -> catchThrowable(() -> python.close(Duration.ofSeconds(20))));
      Thread.sleep(PATIENCE_MILLIS / 2);
      assertThat(python.isClosed()).isFalse();
    }
    assertThat(closing.get(25, TimeUnit.SECONDS)).isNull();
    assertThat(python.isClosed()).isTrue();
  }

  @Test
  void aClosedInterpreterCannotBeAttached() {
    Interpreter closed = Interpreters.create();
    closed.close();
    assertThatThrownBy(closed::attach).isInstanceOf(InterpreterClosedException.class);
    assertThat(python.eval("1")).isEqualTo(1L);
  }
}
