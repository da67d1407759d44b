package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PythonException;
import dev.clutch.PythonInterruptedException;
import dev.clutch.PythonTimeoutException;
import dev.clutch.TimeLimited;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that end after a time. */
@Tag("jni")
@Timeout(60)
class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration GRACE = Duration.ofSeconds(20);

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Interpreters.create();
    python.run("import clutch, itertools, threading, time, traceback");
  }

  @AfterEach
  void close() {
    try {
      python.close(GRACE);
    } catch (InterpreterClosedException closedByTheTest) {
      // and that is fine
    }
  }

  @Test
  void whatEndsInTimeIsAsWithout() {
    TimeLimited limited = python.withTimeout(LONG);
    limited.run("x = 6\ndef f(a): return a * x");
    assertThat(limited.eval("x * 7")).isEqualTo(42L);
    assertThat(limited.eval("x * 7", int.class)).isEqualTo(42);
    assertThat(limited.call("f", 7)).isEqualTo(42L);
    assertThat(limited.callAs(String.class, "f", "a")).isEqualTo("aaaaaa");
    try (PyFunction f = python.function("f")) {
      assertThat(limited.supply(() -> f.call(2))).isEqualTo(12L);
    }
    assertThatThrownBy(() -> limited.eval("1 / 0"))
        .isExactlyInstanceOf(PythonException.class)
        .hasMessageContaining("ZeroDivisionError");
  }

  @ParameterizedTest
  @ValueSource(strings = {"while True: pass", "time.sleep(1e9)", "clutch.Queue().get()"})
  void whatDoesNotIsInterrupted(String source) {
    PythonTimeoutException over =
        catchThrowableOfType(
            PythonTimeoutException.class, () -> python.withTimeout(SHORT).run(source));
    assertThat(over)
        .hasMessageContaining("the code had not ended after PT0.05S; it was interrupted");
    assertThat(over).hasMessageEndingWith("(File \"<string>\", line 1 in <module>)");
    assertThat(over.where()).get().isEqualTo(over.getStackTrace()[0]);
    assertThat(over.formattedTraceback()).contains("line 1, in <module>");
    assertThat(over.getStackTrace()[0].getMethodName()).isEqualTo("<module>");
    assertThat(over.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("whatDoesNotIsInterrupted"));
    assertThat(python.eval("6 * 7")).isEqualTo(42L);
  }

  @Test
  void otherCodeInTheInterpreterGoesOn() throws Exception {
    python.set("done", false);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> python.run("while not done: pass"), Threads.OWN);
    assertThatThrownBy(() -> python.withTimeout(SHORT).eval("sum(1 for n in itertools.count())"))
        .isInstanceOf(PythonTimeoutException.class);
    TimeUnit.MILLISECONDS.sleep(100);
    assertThat(other).isNotDone();
    python.set("done", true);
    other.get();
  }

  /** The caller does not wait for it. */
  @Test
  void whatCleansUpGoesOn() throws Exception {
    assertThatThrownBy(
            () ->
                python
                    .withTimeout(SHORT)
                    .run(
                        """
                        try:
                            n = 0
                            while True: pass
                        finally:
                            time.sleep(0.5)
                            cleaned = True
                        """))
        .isInstanceOf(PythonTimeoutException.class)
        .hasMessageContaining("goes on until it has cleaned up")
        .hasMessageEndingWith("(File \"<string>\", line 5 in <module>)");
    assertThat(python.eval("6 * 7")).isEqualTo(42L);
    while (python.isRunning()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(python.get("cleaned")).isEqualTo(true);
  }

  @Test
  void whatSwallowsInterruptsForEverEndsWithItsInterpreter() {
    assertThatThrownBy(
            () ->
                python
                    .withTimeout(SHORT)
                    .run(
                        """
                        end = time.monotonic() + 1
                        while time.monotonic() < end:
                            try:
                                while time.monotonic() < end: pass
                            except clutch.Interrupted:
                                pass
                        """))
        .isInstanceOf(PythonTimeoutException.class);
    python.close(GRACE);
    assertThat(python.isClosed()).isTrue();
  }

  /** Nobody can end it, nor get in; so nobody may wait for it. */
  @Test
  void aCallOfCThatKeepsTheGilMakesItUnresponsive() throws Exception {
    python.run("def f():\n    return pow(7, 4_000_000) and None");
    PythonTimeoutException over =
        catchThrowableOfType(
            PythonTimeoutException.class, () -> python.withTimeout(SHORT).call("f"));
    String where = "File \"<string>\", line 2 in f";
    assertThat(over)
        .hasMessageContaining("a C call keeps the GIL")
        .hasMessageEndingWith("(" + where + ")");
    assertThat(over.where()).contains(new StackTraceElement("?", "f", "<string>", 2));
    assertThat(over.getStackTrace()[0]).isEqualTo(over.where().orElseThrow());
    assertThat(over.formattedTraceback()).contains(where);
    assertThatThrownBy(() -> python.eval("1"))
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("is unresponsive: a C call")
        .hasMessageEndingWith(where);
    python.interrupt();
    while (!python.isClosed()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThatThrownBy(() -> python.eval("1")).isInstanceOf(InterpreterClosedException.class);
  }

  /** Nobody gets in either, but it is no call of C. */
  @Test
  void codeThatKeepsTheGilIsNotUnresponsive() {
    assertThatThrownBy(
            () ->
                python
                    .withTimeout(SHORT)
                    .run(
                        """
                        import sys
                        sys.setswitchinterval(100)
                        try:
                            n = 0
                            while True: pass
                        finally:
                            end = time.monotonic() + 0.8
                            while time.monotonic() < end: pass
                        """))
        .isInstanceOf(PythonTimeoutException.class)
        .hasMessageContaining("goes on");
    assertThat(python.eval("6 * 7")).isEqualTo(42L);
  }

  @Test
  void interruptingTheCallerInterruptsTheCode() throws Exception {
    CompletableFuture<Boolean> status = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                python.withTimeout(LONG).run("while True: pass");
              } catch (PythonInterruptedException expected) {
                status.complete(Thread.interrupted());
              }
            });
    caller.start();
    while (!python.isRunning()) {
      Thread.onSpinWait();
    }
    caller.interrupt();
    assertThat(status.get(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Clutch's threads serve others afterwards. */
  @Test
  void theNextCallIsSpared() {
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(
              () ->
                  python
                      .withTimeout(Duration.ofMillis(1))
                      .eval("sum(1 for n in itertools.count())"))
          .isInstanceOf(PythonTimeoutException.class);
      assertThat(python.withTimeout(LONG).eval("sum(n for n in range(1000))")).isEqualTo(499_500L);
    }
  }

  @Test
  void aCallbackIsInterruptedToo() {
    python.set(
        "callback",
        (Runnable)
            () -> {
              try {
                TimeUnit.DAYS.sleep(1);
              } catch (InterruptedException expected) {
                Thread.currentThread().interrupt();
              }
            });
    assertThatThrownBy(() -> python.withTimeout(SHORT).run("callback()\nwhile True: pass"))
        .isInstanceOf(PythonTimeoutException.class)
        .hasMessageContaining("it was interrupted");
  }

  @Test
  void anAttachedCallerIsRefused() {
    Attachment attachment = python.attach();
    try {
      assertThatThrownBy(() -> python.withTimeout(LONG).eval("1"))
          .isInstanceOf(InterpreterBusyException.class)
          .hasMessageContaining("cannot be used with a timeout: this thread is attached to it");
    } finally {
      attachment.close();
    }
  }

  /** It is not taken for a C call that keeps the GIL. */
  @Test
  void anIdleAttachedThreadMakesNothingUnresponsive() throws Exception {
    CompletableFuture<Void> attached = new CompletableFuture<>();
    CompletableFuture<Void> over = new CompletableFuture<>();
    Thread keeper =
        new Thread(
            () -> {
              Attachment attachment = python.attach();
              attached.complete(null);
              over.join();
              attachment.close();
            });
    keeper.start();
    attached.get();
    assertThatThrownBy(() -> python.withTimeout(SHORT).eval("1"))
        .isInstanceOf(PythonTimeoutException.class)
        .hasMessageContaining("goes on");
    over.complete(null);
    keeper.join();
    assertThat(python.eval("6 * 7")).isEqualTo(42L);
  }

  @Test
  void aTimeoutIsNotNegative() {
    assertThatThrownBy(() -> python.withTimeout(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
  }

  @Test
  void zeroIsNoTimeAtAll() {
    assertThatThrownBy(() -> python.withTimeout(Duration.ZERO).run("while True: pass"))
        .isInstanceOf(PythonTimeoutException.class);
  }
}
