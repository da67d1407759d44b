package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits at queues, and what ends it; queues while an interpreter ends. */
@Tag("jni")
@Timeout(120)
class QueueWaitTest {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final InterpreterQueue queue = InterpreterQueue.create(10);
  private Interpreter python;

  @BeforeEach
  void open() {
    python = interpreter();
  }

  private Interpreter interpreter() {
    Interpreter made = Interpreters.create();
    made.run("import clutch, threading");
    made.set("q", queue);
    return made;
  }

  @AfterEach
  void close() {
    try {
      python.close(GRACE);
    } catch (InterpreterClosedException closedByTheTest) {
      // and that is fine
    }
  }

  /** Something that waits, on a thread of its own. */
  private static <T> CompletableFuture<T> waiting(Supplier<T> action) {
    CompletableFuture<T> ended = CompletableFuture.supplyAsync(action, task -> thread(task));
    assertThatThrownBy(() -> ended.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    return ended;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  // -- waits in Python --

  @Test
  void othersUseTheInterpreterMeanwhile() throws Exception {
    CompletableFuture<Object> got = waiting(() -> python.eval("q.get()"));
    python.run("for i in range(11): q.put(i)");
    assertThat(got.get()).isEqualTo(0L);
    CompletableFuture<Object> put = waiting(() -> python.eval("q.put('last')"));
    assertThat(python.eval("[q.get() for i in range(11)][-1]")).isEqualTo("last");
    assertThat(put.get()).isNull();
  }

  @Test
  void anAttachedThreadLetsOthersInWhileItWaits() throws Exception {
    CompletableFuture<Object> inPython =
        waiting(
            () -> {
              try (Attachment scope = python.attach()) {
                assertThat(scope).isNotNull();
                return List.of(python.eval("q.get()"), python.eval("1 + 1"));
              }
            });
    python.run("q.put('from the same interpreter')");
    assertThat(inPython.get()).isEqualTo(List.of("from the same interpreter", 2L));
    CompletableFuture<Object> inJava =
        waiting(
            () -> {
              try (Attachment scope = python.attach()) {
                assertThat(scope).isNotNull();
                return List.of(take(), python.eval("1 + 2"));
              }
            });
    python.run("q.put('again')");
    assertThat(inJava.get()).isEqualTo(List.of("again", 3L));
  }

  private Object take() {
    try {
      return queue.take();
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"q.get()", "q.get(timeout=1000)", "clutch.Queue().get()", "put()"})
  void closingTheInterpreterEndsWaits(String call) {
    python.run(
        """
        def put():
            full = clutch.Queue(1)
            full.put(1)
            full.put(2)
        """);
    CompletableFuture<Object> called = waiting(() -> python.eval(call));
    python.run("threading.excepthook = print\nimport builtins");
    python.run("threading.Thread(target=lambda: " + call + ").start()");
    python.close(GRACE);
    assertThatThrownBy(called::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PythonInterruptedException.class);
    assertThat(queue).isEmpty();
  }

  @Test
  void aWaitGoesOnAfterAnInterruptOfOthers() throws Exception {
    python.run(
        """
        def stubborn():
            while True:
                try:
                    return q.get()
                except clutch.Interrupted:
                    pass
        """);
    CompletableFuture<Object> got = waiting(() -> python.eval("stubborn()"));
    for (int i = 0; i < 100; i++) {
      python.interrupt();
    }
    queue.put("at last");
    assertThat(got.get()).isEqualTo("at last");
  }

  @Test
  void closingTheQueueEndsWaits() {
    CompletableFuture<Object> got = waiting(() -> python.eval("q.get()"));
    queue.close();
    assertThatThrownBy(got::get).hasMessageContaining("QueueClosed: the queue is closed");
  }

  /** Nobody else can put anything into it any more. */
  @Test
  void aQueueThatIsWaitedForStays() throws Exception {
    CompletableFuture<Object> got =
        waiting(
            () -> {
              try {
                return InterpreterQueue.create().get(Duration.ofMillis(500));
              } catch (InterruptedException | InterpreterQueue.Empty end) {
                return "over";
              }
            });
    while (!got.isDone()) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(got.get()).isEqualTo("over");
  }

  // -- waits in Java --

  @Test
  void anInterruptedThreadDoesNotBegin() throws InterruptedException {
    queue.put("kept");
    for (ThrowingCallable each :
        List.<ThrowingCallable>of(queue::take, () -> queue.put(1), () -> queue.get(GRACE))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(each).isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
    Thread.currentThread().interrupt();
    queue.putNowait("put");
    assertThat(queue.getNowait()).isEqualTo("kept");
    assertThat(queue.poll()).isEqualTo("put");
    assertThat(Thread.interrupted()).isTrue();
  }

  /** There are fewer carriers than threads that wait. */
  @Test
  void virtualThreadsWaitToo() throws Exception {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    InterpreterQueue back = InterpreterQueue.create();
    Threads.inVirtualThreads(
        200,
        number -> {
          if (number < 100) {
            back.put(queue.take());
          } else {
            queue.put(number);
          }
        });
    assertThat(back).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void virtualThreadsAreInterruptedToo() throws Exception {
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
    Threads.inVirtualThreads(
        100,
        number -> {
          CompletableFuture<Void> interrupt =
              CompletableFuture.runAsync(
                  Thread.currentThread()::interrupt,
                  CompletableFuture.delayedExecutor(number, TimeUnit.MILLISECONDS));
          assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class);
          assertThat(Thread.interrupted()).isFalse();
          interrupt.get();
        });
  }

  @Test
  void whatIsInAClosedQueueCanBeGot() throws InterruptedException {
    queue.addAll(List.of(1L, 2L, 3L));
    assertThat(queue.isClosed()).isFalse();
    queue.close();
    queue.close();
    assertThat(queue.isClosed()).isTrue();
    for (ThrowingCallable put :
        List.<ThrowingCallable>of(
            () -> queue.put(4), () -> queue.putNowait(4), () -> queue.offer(4))) {
      assertThatThrownBy(put).isInstanceOf(InterpreterQueue.Closed.class);
    }
    assertThat(queue.peek()).isEqualTo(1L);
    assertThat(queue.get()).isEqualTo(1L);
    assertThat(queue.poll()).isEqualTo(2L);
    assertThat(queue.drainTo(new ArrayList<>())).isEqualTo(1);
    for (ThrowingCallable get :
        List.<ThrowingCallable>of(queue::get, queue::getNowait, queue::poll)) {
      assertThatThrownBy(get).isInstanceOf(InterpreterQueue.Closed.class);
    }
    assertThat(queue.peek()).isNull();
  }

  // -- while the interpreter ends --

  @Test
  void exitFunctionsMayPutAndGet() throws InterruptedException {
    python.run(
        """
        import atexit
        def say():
            q.put(["exit function", 1j, q.get()])
            q.put("last")
        atexit.register(say)
        """);
    queue.put("first");
    python.close();
    assertThat(((List<?>) queue.get()).get(2)).isEqualTo("first");
    assertThat(queue.get()).isEqualTo("last");
  }

  /** The module clutch has been let go of, which such code cannot know. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "self.q.put(1)",
        "self.q.put_nowait(1j)",
        "self.q.put([print])",
        "self.q.get_nowait()",
        "self.q.get(timeout=0.01)",
        "self.q.get()",
        "self.q.put(1, timeout=1e-9); self.q.put(2); self.q.qsize(); self.q.close()",
        "type(self.q)(1).put(memoryview(b'x'))",
        "repr(self.q), hash(self.q), self.q == self.q, self.q.full(), self.q.closed",
      })
  void codeThatRunsTooLateIsRefused(String code) {
    for (String put : List.of("pass", "q.put(1j)", "for i in range(10): q.put([q])")) {
      Interpreter brief = interpreter();
      brief.run(
          """
          class Late:
              def __init__(self): self.q, self.me = q, self
              def __del__(self):
                  %s
          import sys, builtins
          %s
          late = builtins.late = sys.late = Late()
          """
              .formatted(code, put));
      brief.close();
      queue.clear();
    }
  }
}
