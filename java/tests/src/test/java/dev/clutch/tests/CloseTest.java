package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing while something is in the way: an exception or a wait, never an abort. */
@Timeout(60)
@Tag("jni")
class CloseTest {
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<String> stderr = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void noNoise() {
    executor.shutdownNow();
    assertThat(stderr).isEmpty();
  }

  @Test
  void closeWhileARunIsInProgressIsRefused() throws Exception {
    Interpreter interpreter = create();
    Future<?> running = spin(interpreter);
    assertThat(interpreter.isRunning()).isTrue();
    assertThatThrownBy(interpreter::close)
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("code runs in it");
    assertThatThrownBy(() -> interpreter.run("x = 1"))
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("runs other code already");
    interpreter.interrupt();
    assertThatThrownBy(running::get).hasCauseInstanceOf(PythonInterruptedException.class);
    assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    interpreter.close();
  }

  @Test
  void closeWithGraceInterruptsWhatRuns() throws Exception {
    Interpreter interpreter = create();
    Future<?> running = spin(interpreter);
    interpreter.close(Duration.ofSeconds(20));
    assertThat(interpreter.isClosed()).isTrue();
    assertThatThrownBy(running::get).hasCauseInstanceOf(PythonInterruptedException.class);
  }

  @Test
  void closeFromACallbackIsRefused() {
    Interpreter interpreter = create();
    interpreter.set("close", (Runnable) interpreter::close);
    assertThatThrownBy(() -> interpreter.run("close()"))
        .hasCauseInstanceOf(InterpreterBusyException.class);
    interpreter.close();
  }

  @Test
  void aLivingThreadOfThreadingIsInTheWay() {
    Interpreter interpreter = create();
    interpreter.run(
        "import threading\n"
            + "done = threading.Event()\n"
            + "t = threading.Thread(target=done.wait, name='waiter')\n"
            + "t.start()");
    assertThatThrownBy(interpreter::close)
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("1 thread")
        .hasMessageContaining("waiter");
    interpreter.run("done.set()\nt.join()");
    closeWhenItsThreadsEnd(interpreter);
  }

  @Test
  void aLivingRawThreadIsInTheWay() {
    Interpreter interpreter = create();
    interpreter.run(
        "import _thread, time\n"
            + "stop = False\n"
            + "def work():\n    while not stop: time.sleep(0.01)\n"
            + "_thread.start_new_thread(work, ())");
    assertThatThrownBy(interpreter::close)
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("1 thread");
    interpreter.run("stop = True");
    closeWhenItsThreadsEnd(interpreter);
  }

  @Test
  void whatIgnoresTheInterruptKeepsItOpenWhenTheGraceIsOver() throws Exception {
    Interpreter interpreter = create();
    interpreter.run(
        "import _thread\n"
            + "lock = _thread.allocate_lock()\nlock.acquire()\n"
            + "def work():\n    lock.acquire()\n"
            + "_thread.start_new_thread(work, ())");
    assertThatThrownBy(() -> interpreter.close(Duration.ofMillis(50)))
        .isInstanceOf(InterpreterBusyException.class)
        .hasMessageContaining("1 thread");
    assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    interpreter.run("lock.release()");
    closeWhenItsThreadsEnd(interpreter);
    stderr.clear(); // the thread's report that it was interrupted
  }

  @Test
  void closeWithGraceInterruptsThreadsOfPython() {
    Interpreter interpreter = create();
    interpreter.run(
        "import threading, time, clutch\n"
            + "def work():\n"
            + "    try:\n"
            + "        while True: time.sleep(0.01)\n"
            + "    except clutch.Interrupted: pass\n"
            + "threading.Thread(target=work).start()");
    interpreter.close(Duration.ofSeconds(20));
    assertThat(interpreter.isClosed()).isTrue();
  }

  @Test
  void aDaemonThreadOfALegacyInterpreterIsInTheWayToo() {
    InterpreterConfig config =
        InterpreterConfig.legacy().toBuilder().stderr(Output.lines(stderr::add)).build();
    Interpreter interpreter = Interpreters.create(config);
    interpreter.run(
        "import threading\n"
            + "done = threading.Event()\n"
            + "threading.Thread(target=done.wait, daemon=True).start()");
    assertThatThrownBy(interpreter::close).isInstanceOf(InterpreterBusyException.class);
    interpreter.run("done.set()");
    closeWhenItsThreadsEnd(interpreter);
  }

  @Test
  void threadsThatUsedItMayBeGoneOrAliveWhenItCloses() throws Exception {
    Interpreter interpreter = create();
    CountDownLatch used = new CountDownLatch(4);
    CountDownLatch closed = new CountDownLatch(1);
    List<Future<?>> alive = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread gone = new Thread(() -> interpreter.run("import threading, _thread"));
      gone.start();
      gone.join();
      alive.add(
          executor.submit(
              () -> {
                interpreter.eval("threading.current_thread().name");
                used.countDown();
                closed.await();
                try (Interpreter next = create()) {
                  return next.eval("1 + 1");
                }
              }));
    }
    used.await();
    interpreter.close();
    closed.countDown();
    for (Future<?> each : alive) {
      assertThat(each.get()).isEqualTo(2L);
    }
  }

  @Test
  void exitFunctionsRunAndMayUseJava() {
    List<Object> called = Collections.synchronizedList(new ArrayList<>());
    Interpreter interpreter = create();
    interpreter.set("note", (Consumer<Object>) called::add);
    interpreter.set("again", (Runnable) interpreter::close);
    interpreter.set("use", (Runnable) () -> interpreter.eval("1"));
    interpreter.run(
        "import atexit, clutch\n"
            + "def use_closed():\n"
            + "    try: use()\n"
            + "    except clutch.JavaException as e: note(e.java_class)\n"
            + "atexit.register(note, 'last')\n"
            + "atexit.register(again)\n"
            + "atexit.register(use_closed)\n");
    interpreter.close();
    assertThat(called).containsExactly(InterpreterClosedException.class.getName(), "last");
  }

  @Test
  void anExitFunctionThatStartsAThreadKeepsItOpen() {
    Interpreter interpreter = create();
    interpreter.run(
        "import atexit, _thread, time\n"
            + "stop = False\n"
            + "def work():\n    while not stop: time.sleep(0.01)\n"
            + "atexit.register(_thread.start_new_thread, work, ())");
    assertThatThrownBy(interpreter::close).isInstanceOf(InterpreterBusyException.class);
    interpreter.run("stop = True");
    closeWhenItsThreadsEnd(interpreter);
  }

  @Test
  void aDestructorCannotStartAThreadAtTheVeryEnd() throws Exception {
    List<String> reports = Collections.synchronizedList(new ArrayList<>());
    Interpreter interpreter =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder().stderr(Output.lines(reports::add)).build());
    interpreter.run(
        "import _thread, threading, time\n"
            + "local = threading.local()\n"
            + "class D:\n"
            + "    def __del__(self): _thread.start_new_thread(time.sleep, (1,))");
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Future<?> other =
        executor.submit(
            () -> {
              interpreter.run("local.x = D()");
              done.countDown();
              closed.await();
              return null;
            });
    done.await();
    interpreter.run("local.x = D()");
    interpreter.close();
    closed.countDown();
    other.get();
    assertThat(String.join("\n", reports)).contains("can't create new thread");
  }

  @Test
  void closeWithGraceLetsIdlePoolWorkersGo() {
    Interpreter interpreter = create();
    interpreter.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
            + "pool = ThreadPoolExecutor(2)\nassert list(pool.map(str, range(3)))");
    assertThatThrownBy(interpreter::close).isInstanceOf(InterpreterBusyException.class);
    interpreter.close(Duration.ofSeconds(20));
    assertThat(interpreter.isClosed()).isTrue();
    stderr.clear(); // on a slow machine a worker is interrupted on its way out, and says so
  }

  @Test
  void closeWithGraceLetsFinallyBlocksFinish() {
    List<Object> cleaned = Collections.synchronizedList(new ArrayList<>());
    Interpreter interpreter = create();
    interpreter.set("note", (Consumer<Object>) cleaned::add);
    interpreter.run(
        "import threading, time, clutch\n"
            + "def work():\n"
            + "    try:\n"
            + "        while True: time.sleep(0.001)\n"
            + "    except clutch.Interrupted: pass\n"
            + "    finally:\n"
            + "        for _ in range(50): time.sleep(0.001)\n"
            + "        note('cleaned up')\n"
            + "threading.Thread(target=work).start()");
    interpreter.close(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(cleaned).containsExactly("cleaned up");
  }

  @Test
  void closingOnAThreadThatPythonKnowsMakesNoNoise() {
    Interpreter interpreter = create();
    interpreter.run("import threading");
    executor.submit(() -> interpreter.run("threading.current_thread()"));
    interpreter.eval("threading.current_thread().name");
    closeWhenItsThreadsEnd(interpreter);
  }

  @Test
  void destructorsThatCallJavaGetAnErrorWhenItIsTooLate() {
    Interpreter interpreter =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder().stderr(Output.lines(line -> {})).build());
    interpreter.set("call", (Runnable) () -> {});
    interpreter.run(
        "class A:\n    def __init__(self, call): self.call = call\n"
            + "    def __del__(self): self.call()\n"
            + "import sys\nsys.kept = A(call)");
    interpreter.close();
    assertThat(interpreter.isClosed()).isTrue();
  }

  /** Without interrupting them, which they would report. */
  private static void closeWhenItsThreadsEnd(Interpreter interpreter) {
    while (!interpreter.isClosed()) {
      try {
        interpreter.close();
      } catch (InterpreterBusyException busy) {
        Thread.onSpinWait();
      }
    }
  }

  private Interpreter create() {
    return Interpreters.create(
        InterpreterConfig.isolated().toBuilder().stderr(Output.lines(stderr::add)).build());
  }

  private Future<?> spin(Interpreter interpreter) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    interpreter.set("started", (Runnable) started::countDown);
    Future<?> running = executor.submit(() -> interpreter.run("started()\nwhile True: pass"));
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    return running;
  }

  /** Somebody may interrupt what runs in it just when it is closed. */
  @ParameterizedTest
  @ValueSource(strings = {"clutch.Interrupted", "MemoryError"})
  void whatHappensToClutchsOwnCodeIsNoFailureOfTheClose(String exception) {
    Interpreter interpreter = Interpreters.create();
    interpreter.run(
        """
        import clutch, threading
        threading.Thread(target=lambda: clutch.Queue().get()).start()
        def fail():
            clutch._end_idle_workers = theirs
            raise %s
        theirs, clutch._end_idle_workers = clutch._end_idle_workers, fail
        """
            .formatted(exception));
    interpreter.close(Duration.ofSeconds(20));
    assertThat(interpreter.isClosed()).isTrue();
  }
}
