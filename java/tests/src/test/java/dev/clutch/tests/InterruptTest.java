package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an interrupt ends, and what it does not. */
@Tag("jni")
@Timeout(60)
class InterruptTest extends InterruptFixture {
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
            Threads.OWN);
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
              Threads.OWN);
      started.get();
    }
    python.interrupt();
    for (CompletableFuture<?> each : ended) {
      assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(PythonInterruptedException.class);
    }
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
          CompletableFuture.runAsync(() -> own.run("while True: pass"), Threads.OWN);
      while (!own.isRunning()) {
        Thread.onSpinWait();
      }
      while (!ended.isDone()) {
        own.interrupt();
      }
      own.close();
    }
  }

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
        CompletableFuture.runAsync(() -> python.run("receive()"), Threads.OWN);
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
}
