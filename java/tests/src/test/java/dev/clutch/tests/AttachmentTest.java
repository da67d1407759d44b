package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyIterator;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread keeps an interpreter's GIL. */
@Tag("jni")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AttachmentTest {
  private static final long PATIENCE_MILLIS = 500;

  static {
    System.setProperty("clutch.attachPatienceMillis", String.valueOf(PATIENCE_MILLIS));
  }

  /** Ends at last, so that a failure is not a hang. */
  private static final String RUNAWAY =
      """
      begun()
      end = time.monotonic() + 15
      while time.monotonic() < end: pass
      """;

  private Interpreter python;
  private Interpreter other;

  @BeforeEach
  void createInterpreters() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.run("import time\ndef call(f, *args): return f(*args)\ndef add(a, b): return a + b");
    }
  }

  @AfterEach
  void closeInterpreters() {
    python.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  private static <T> CompletableFuture<T> elsewhere(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, runnable -> new Thread(runnable).start());
  }

  // -- inside --

  @Test
  void manyCallsAreMadeInside() {
    try (Attachment scope = python.attach();
        PyFunction add = python.function("add")) {
      assertThat(scope).isNotNull();
      for (int i = 0; i < 10_000; i++) {
        assertThat(add.call(i, 1)).isEqualTo(i + 1L);
      }
    }
    assertThat(python.eval("add(1, 2)")).isEqualTo(3L);
  }

  @Test
  void everythingWorksInside() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      python.run("x = [1, 2]");
      assertThat(python.get("x")).isEqualTo(List.of(1L, 2L));
      python.set("y", new byte[100_000]);
      assertThat((byte[]) python.get("y")).hasSize(100_000);
      assertThat(python.eval("'x' * 5_000_000")).asString().hasSize(5_000_000);
      try (PyObject object = python.eval("iter(x)", PyObject.class);
          PyIterator items = object.iterator()) {
        assertThat(items.next()).isEqualTo(1L);
      }
      assertThatThrownBy(() -> python.eval("1 / 0")).hasMessageContaining("division by zero");
      assertThatThrownBy(() -> python.run("def f(): f()\nf()"))
          .hasMessageContaining("RecursionError");
      assertThat(Interpreters.listAll()).contains(python);
      python.run("print('from inside', end='')");
      python.run("import gc\ngc.collect()");
    }
  }

  @Test
  void scopesNest() {
    try (Attachment outer = python.attach()) {
      try (Attachment inner = python.attach();
          Attachment innermost = python.attach()) {
        assertThat(python.eval("1")).isEqualTo(1L);
        assertThat(List.of(outer, inner, innermost)).doesNotHaveDuplicates();
      }
      assertThat(python.eval("2")).isEqualTo(2L);
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
  }

  @Test
  void closingTwiceDoesNothing() {
    Attachment scope = python.attach();
    scope.close();
    scope.close();
    try (Attachment again = python.attach()) {
      scope.close();
      assertThat(again).isNotNull();
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void anotherInterpreterIsUsedInside() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      python.run("x = 1");
      assertThat(other.eval("40 + 2")).isEqualTo(42L);
      assertThat(elsewhere(() -> other.eval("5")).join()).isEqualTo(5L);
      assertThatThrownBy(() -> other.eval("1 / 0")).isInstanceOf(PythonException.class);
      assertThat(python.get("x")).isEqualTo(1L);
      assertThat(Interpreters.getMain().eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void aSecondInterpreterCannotBeAttached() {
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThatThrownBy(other::attach)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another interpreter");
      assertThat(python.eval("1")).isEqualTo(1L);
    }
  }

  @Test
  void interpretersAreCreatedAndClosedInside() {
    for (Interpreter attached : List.of(python, Interpreters.getMain())) {
      try (Attachment scope = attached.attach()) {
        assertThat(scope).isNotNull();
        for (InterpreterConfig config :
            List.of(InterpreterConfig.isolated(), InterpreterConfig.legacy())) {
          try (Interpreter created = Interpreters.create(config)) {
            assertThat(created.eval("6 * 7")).isEqualTo(42L);
            assertThat(attached.eval("1")).isEqualTo(1L);
          }
        }
        Interpreter created = Interpreters.create();
        created.close(Duration.ofSeconds(5));
      }
      assertThat(elsewhere(() -> attached.eval("1")).join()).isEqualTo(1L);
    }
  }

  @Test
  void legacyInterpretersAreAttachedToo() {
    try (Interpreter legacy = Interpreters.create(InterpreterConfig.legacy());
        Interpreter second = Interpreters.create(InterpreterConfig.legacy())) {
      try (Attachment scope = legacy.attach()) {
        assertThat(scope).isNotNull();
        assertThat(legacy.eval("1")).isEqualTo(1L);
        assertThat(second.eval("2")).isEqualTo(2L);
        assertThat(Interpreters.getMain().eval("3")).isEqualTo(3L);
        assertThat(legacy.eval("4")).isEqualTo(4L);
      }
      assertThat(elsewhere(() -> Interpreters.getMain().eval("5")).join()).isEqualTo(5L);
    }
  }

  // -- others --

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

  // -- callbacks --

  @Test
  void theGilIsGivenUpInACallback() throws Exception {
    Function<Object, Object> askAnother = x -> elsewhere(() -> python.eval("1 + " + x)).join();
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThat(python.call("call", askAnother, 4)).isEqualTo(5L);
      assertThat(python.eval("6")).isEqualTo(6L);
    }
  }

  @Test
  void scopesAreOpenedInCallbacks() {
    Function<Object, Object> attaches =
        x -> {
          try (Attachment inner = python.attach()) {
            assertThat(inner).isNotNull();
            return python.eval("1 + " + x);
          }
        };
    Function<Object, Object> attachesOther =
        x -> {
          try (Attachment inner = other.attach()) {
            assertThat(inner).isNotNull();
            return other.eval("1 + " + x);
          }
        };
    for (Function<Object, Object> callback : List.of(attaches, attachesOther)) {
      assertThat(python.call("call", callback, 1)).isEqualTo(2L);
      try (Attachment outer = python.attach()) {
        assertThat(outer).isNotNull();
        assertThat(python.call("call", callback, 1)).isEqualTo(2L);
        assertThat(python.eval("7")).isEqualTo(7L);
      }
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
    assertThat(elsewhere(() -> other.eval("3")).join()).isEqualTo(3L);
  }

  @Test
  void callsNestThroughTwoAttachedInterpreters() {
    class Down implements Function<Object, Object> {
      @Override
      public Object apply(Object n) {
        Interpreter next = (Long) n % 2 == 0 ? python : other;
        if ((Long) n == 0) {
          return 0;
        }
        try (Attachment scope = next.attach()) {
          assertThat(scope).isNotNull();
          return 1 + (Long) next.call("call", this, (Long) n - 1);
        }
      }
    }
    assertThat(python.call("call", new Down(), 30)).isEqualTo(30L);
  }

  @Test
  void oneForgottenInACallbackIsAnExceptionInPython() throws Exception {
    for (Interpreter attached : List.of(python, other)) {
      Function<Object, Object> forgets = x -> attached.attach() == null ? 0 : 1;
      assertThatThrownBy(() -> python.call("call", forgets, 1))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("JavaException")
          .hasMessageContaining("Attachment");
      assertThat(python.eval("2")).isEqualTo(2L);
      assertThat(elsewhere(() -> attached.eval("3")).get(10, TimeUnit.SECONDS)).isEqualTo(3L);
      python.run(
          "import clutch\ndef catches(f):\n  try: f(1)\n  except clutch.JavaException: return 5");
      assertThat(python.call("catches", forgets)).isEqualTo(5L);
    }
  }

  @Test
  void theOneOutsideStaysWhenOneIsForgottenInACallback() throws Exception {
    Function<Object, Object> forgets =
        x -> {
          python.attach();
          return python.attach() == null ? 0 : 1;
        };
    try (Attachment outer = python.attach()) {
      assertThat(outer).isNotNull();
      assertThatThrownBy(() -> python.call("call", forgets, 1)).isInstanceOf(PythonException.class);
      assertThat(python.eval("2")).isEqualTo(2L);
      CompletableFuture<Object> waiting = elsewhere(() -> python.eval("3"));
      assertThatThrownBy(() -> waiting.get(PATIENCE_MILLIS / 3, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    }
    assertThat(elsewhere(() -> python.eval("4")).get(10, TimeUnit.SECONDS)).isEqualTo(4L);
  }

  @Test
  void aCallbackCannotCloseTheScopeOutside() {
    AtomicReference<Attachment> outside = new AtomicReference<>();
    Function<Object, Object> closes =
        x -> {
          outside.get().close();
          return 1;
        };
    Throwable thrown;
    try (Attachment scope = python.attach()) {
      outside.set(scope);
      thrown = catchThrowable(() -> python.call("call", closes, 1));
      assertThat(python.eval("2")).isEqualTo(2L);
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
    assertThat(thrown).hasCauseInstanceOf(IllegalStateException.class);
  }

  // -- wrong use --

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

  // -- interrupting --

  @Test
  void theAttachedThreadCanBeInterrupted() throws Exception {
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
    elsewhere(() -> catchThrowable(() -> python.close(Duration.ofSeconds(10))))
        .get(30, TimeUnit.SECONDS);
    assertThat(attached.get(20, TimeUnit.SECONDS)).isInstanceOf(PythonInterruptedException.class);
    assertThat(python.isClosed()).isTrue();
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
}
