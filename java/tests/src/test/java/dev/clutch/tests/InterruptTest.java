package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an interrupt ends, and what it does not. */
@Tag("jni")
@Timeout(60)
class InterruptTest {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final InterpreterQueue started = InterpreterQueue.create();
  private Interpreter python;

  @BeforeEach
  void open() {
    python = Interpreters.create();
    python.set("started", started);
    python.run("import clutch, itertools, re, threading, time");
  }

  @AfterEach
  void close() {
    python.close(GRACE);
  }

  /** Code that runs on a thread of its own; when this returns, it has begun. */
  private CompletableFuture<Void> running(String source) throws InterruptedException {
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(
            () -> python.run("started.put(1)\n" + source), task -> new Thread(task).start());
    assertThat(started.get()).isEqualTo(1L);
    return ended;
  }

  private static void assertInterrupted(CompletableFuture<Void> ended) {
    assertThatThrownBy(() -> ended.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(PythonInterruptedException.class)
        .hasMessageContaining("clutch.Interrupted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while True: pass",
        "for n in itertools.count(): pass",
        "for x in (n for n in itertools.repeat(1)): pass",
        "sum(1 for n in itertools.count())",
        "[n for n in itertools.count() if n < 0]",
        "re.sub('a', lambda match: started.qsize(), 'a' * 100_000_000)",
        "list(map(lambda x: x, itertools.count()))",
        "(lambda f: f(f))(lambda f: [f for n in itertools.count() if False])",
        "time.sleep(1e9)",
        "from time import sleep; sleep(1e9)",
        "clutch.Queue().get()",
        "ends = clutch.channel(); ends[0].receive()",
      })
  void endsIt(String source) throws Exception {
    CompletableFuture<Void> ended = running(source);
    TimeUnit.MILLISECONDS.sleep(20);
    python.interrupt();
    assertInterrupted(ended);
    assertThat(python.eval("6 * 7")).isEqualTo(42L);
  }

  /** Nothing of CPython's can end the wait. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock.acquire()",
        "lock.acquire(timeout=1e6)",
        "with lock: pass",
        "os.read(reading, 1)",
        "select.select([reading], [], [])",
      })
  void whatWaitsInACCallEndsWhenThatReturns(String source) throws Exception {
    python.run(
        """
        import os, select
        lock = threading.Lock()
        lock.acquire()
        reading, writing = os.pipe()
        """);
    CompletableFuture<Void> ended = running(source + "\nfor n in range(100_000): pass");
    TimeUnit.MILLISECONDS.sleep(50);
    python.interrupt();
    assertThatThrownBy(() -> ended.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    python.eval("(lock.release(), os.write(writing, b'x'))");
    assertInterrupted(ended);
  }

  @Test
  void finallyRuns() throws Exception {
    CompletableFuture<Void> ended =
        running(
            """
            try:
                started.put(2)
                while True: pass
            finally:
                time.sleep(0.2)
                [n for n in range(1_000_000)]
                cleaned = True
            """);
    assertThat(started.get()).isEqualTo(2L);
    python.interrupt();
    assertInterrupted(ended);
    assertThat(python.get("cleaned")).isEqualTo(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for n in itertools.count(): pass",
        "time.sleep(1e6)",
        "clutch.Queue().get()",
      })
  void codeThatSwallowsItGetsAnother(String work) throws Exception {
    CompletableFuture<Void> ended =
        running(
            """
            swallowed = 0
            while swallowed < 10:
                try:
                    %s
                except clutch.Interrupted:
                    swallowed += 1
            """
                .formatted(work));
    TimeUnit.MILLISECONDS.sleep(20);
    python.interrupt();
    ended.get(30, TimeUnit.SECONDS);
    assertThat(python.get("swallowed")).isEqualTo(10L);
  }

  /** A finally is no way to run for ever. */
  @Test
  void codeThatCleansUpForEverIsInterruptedAgain() throws Exception {
    CompletableFuture<Void> ended =
        running(
            """
            try:
                while True: pass
            finally:
                try:
                    raise ValueError
                except ValueError:
                    while True: pass
            """);
    TimeUnit.MILLISECONDS.sleep(20);
    python.interrupt();
    assertInterrupted(ended);
  }

  @Test
  void theNextCallIsSpared() throws Exception {
    for (int i = 0; i < 200; i++) {
      CompletableFuture<Void> ended = running("for n in range(%d): pass".formatted(i * 100));
      python.interrupt();
      try {
        ended.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException interrupted) {
        assertThat(interrupted).hasCauseInstanceOf(PythonInterruptedException.class);
      }
      assertThat(python.eval("sum(n for n in range(1000))")).isEqualTo(499_500L);
    }
  }

  /** It waits for nobody who holds the GIL. */
  @Test
  void aCallInCodeThatKeepsTheGilIsWaitedForByNobody() throws Exception {
    CompletableFuture<Void> ended = running("n = pow(7, 2_000_000); done = True");
    python.interrupt();
    try {
      ended.get(50, TimeUnit.SECONDS);
    } catch (ExecutionException interrupted) {
      assertThat(interrupted).hasCauseInstanceOf(PythonInterruptedException.class);
    }
  }

  @Test
  void anAttachedThreadThatDoesNothingIsSpared() throws Exception {
    CompletableFuture<Void> attached = new CompletableFuture<>();
    CompletableFuture<Void> interrupted = new CompletableFuture<>();
    CompletableFuture<Object> result =
        CompletableFuture.supplyAsync(
            () -> {
              Attachment attachment = python.attach();
              try {
                attached.complete(null);
                interrupted.join();
                return python.eval("sum(n for n in range(1000))");
              } finally {
                attachment.close();
              }
            },
            task -> new Thread(task).start());
    attached.get();
    python.interrupt();
    TimeUnit.MILLISECONDS.sleep(50);
    interrupted.complete(null);
    assertThat(result.get()).isEqualTo(499_500L);
  }

  @Test
  void allThreadsInsideAreInterrupted() throws Exception {
    CompletableFuture<?>[] ended = new CompletableFuture<?>[4];
    for (int i = 0; i < ended.length; i++) {
      ended[i] =
          CompletableFuture.supplyAsync(
              () -> python.eval("started.put(1) or sum(1 for n in itertools.count())"),
              task -> new Thread(task).start());
      started.get();
    }
    python.interrupt();
    for (CompletableFuture<?> each : ended) {
      assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(PythonInterruptedException.class);
    }
  }

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

  @Test
  void theCallingThreadIsSpared() {
    python.set("interrupt", (Runnable) python::interrupt);
    python.run("interrupt()\nfor n in range(100_000): pass\nspared = True");
    assertThat(python.get("spared")).isEqualTo(true);
  }

  @Test
  void aClosedInterpreterIsRefused() {
    Interpreter closed = Interpreters.create();
    closed.close();
    assertThatThrownBy(closed::interrupt).isInstanceOf(InterpreterClosedException.class);
  }

  @Test
  void closeIsNotTakenForBusyBecauseOfInterrupts() throws Exception {
    for (int i = 0; i < 20; i++) {
      Interpreter own = Interpreters.create();
      CompletableFuture<Void> ended =
          CompletableFuture.runAsync(
              () -> own.run("while True: pass"), task -> new Thread(task).start());
      while (!own.isRunning()) {
        Thread.onSpinWait();
      }
      while (!ended.isDone()) {
        own.interrupt();
      }
      own.close();
    }
  }

  // -- Thread.interrupt --

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
            task -> new Thread(task).start());
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

  // -- messages --

  /** An interrupt that comes with a message does not throw it away. */
  @Test
  void noMessageIsLost() throws Exception {
    InterpreterQueue messages = InterpreterQueue.create();
    python.set("messages", messages);
    python.run(
        """
        def receive():
            while True:
                try:
                    while True:
                        message = messages.get()
                        received.append(message)
                        if message is None:
                            return
                except clutch.Interrupted:
                    pass
        received = []
        """);
    int count = 300_000;
    CompletableFuture<Void> receiver =
        CompletableFuture.runAsync(() -> python.run("receive()"), task -> new Thread(task).start());
    for (long i = 0; i < count; i++) {
      messages.put(i);
      if (i % 50 == 0) {
        python.interrupt();
      }
    }
    messages.put(null);
    try {
      receiver.get(50, TimeUnit.SECONDS);
    } catch (ExecutionException interruptedInAHandler) {
      python.run("while True:\n  m = messages.get()\n  received.append(m)\n  if m is None: break");
    }
    assertThat(python.eval("received == [*range(%d), None]".formatted(count))).isEqualTo(true);
  }

  // -- sleep --

  @Test
  void sleepIsAsPythons() {
    python.run(
        """
        def error(seconds):
            try:
                time.sleep(seconds)
            except Exception as e:
                return f"{type(e).__name__}: {e}"
        """);
    assertThat(python.eval("error(-1)")).isEqualTo("ValueError: sleep length must be non-negative");
    assertThat(python.eval("error(-0.5)"))
        .isEqualTo("ValueError: sleep length must be non-negative");
    assertThat(python.eval("error(float('nan'))"))
        .isEqualTo("ValueError: Invalid value NaN (not a number)");
    assertThat((String) python.eval("error(1e300)")).startsWith("OverflowError");
    assertThat((String) python.eval("error(10 ** 30)")).startsWith("OverflowError");
    assertThat((String) python.eval("error('1')")).startsWith("TypeError");
    assertThat(python.eval("error(0)")).isNull();
    assertThat(python.eval("error(True)")).isNull();
    assertThat(
            python.eval(
                "(lambda start: [time.sleep(0.05), time.monotonic() - start >= 0.05][1])"
                    + "(time.monotonic())"))
        .isEqualTo(true);
  }
}
