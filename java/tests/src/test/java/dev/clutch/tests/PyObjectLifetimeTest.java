package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** How long Python objects live that Java refers to, and who may use them. */
class PyObjectLifetimeTest extends PyObjectFixture {
  private volatile boolean stopped;

  // -- after the end --

  @Test
  void afterCloseEveryUseIsRefused() {
    PyObject closed = object("Thing()");
    closed.close();
    closed.close();
    assertThat(closed.isClosed()).isTrue();
    List<Runnable> uses =
        List.of(
            () -> closed.getAttribute("x"),
            () -> closed.setAttribute("x", 1),
            () -> closed.getItem(1),
            () -> closed.setItem(1, 1),
            closed::call,
            () -> closed.callMethod("add"),
            () -> closed.callWith(List.of(), Map.of()),
            closed::iterator,
            closed::len,
            closed::str,
            closed::hash,
            closed::buffer,
            closed::asFunction,
            () -> closed.isInstance(closed),
            () -> closed.as(String.class));
    for (Runnable use : uses) {
      assertThatThrownBy(use::run)
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed");
    }
    assertThatThrownBy(() -> python.call("id", 1, List.of(closed)))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("args[1][0]")
        .hasMessageContaining("is closed");
  }

  @Test
  void afterItsInterpreterIsClosedEveryUseIsRefused() {
    Interpreter closing = Interpreters.create();
    PyObject orphan = closing.eval("[1]", PyObject.class);
    PyFunction function = closing.function("len");
    closing.close();
    List<Runnable> uses =
        List.of(
            () -> orphan.getAttribute("x"),
            () -> orphan.getItem(1),
            orphan::call,
            orphan::iterator,
            orphan::len,
            orphan::buffer,
            () -> orphan.as(List.class),
            () -> function.call(1),
            () -> function.callAll(List.of(1)));
    for (Runnable use : uses) {
      assertThatThrownBy(use::run).isInstanceOf(InterpreterClosedException.class);
    }
    orphan.close();
    function.close();
    assertThat(orphan.isClosed()).isTrue();
  }

  @Test
  void objectsOfOtherInterpretersAreRefusedByTheirPath() {
    try (Interpreter other = Interpreters.create();
        PyObject foreign = other.eval("[]", PyObject.class);
        PyObject own = object("[]");
        PyFunction foreignFunction = other.function("len")) {
      assertThatThrownBy(() -> python.call("id", foreign))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("cannot be used in another interpreter");
      assertThatThrownBy(() -> own.isInstance(foreign)).isInstanceOf(NotShareableException.class);
      assertThatThrownBy(() -> python.call("id", foreignFunction))
          .isInstanceOf(NotShareableException.class);
      assertThatThrownBy(() -> python.call("id", List.of(0, Map.of("k", foreign))))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("args[0][1][\"k\"]");
      assertThatThrownBy(() -> own.setItem(0, List.of(foreign)))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("value[0]");
    }
  }

  // -- closing --

  @Test
  void closingGivesTheReferenceBack() {
    python.run("thing = Thing()\nalive = weakref.ref(thing)");
    PyObject thing = object("thing");
    python.run("del thing");
    assertThat(python.eval("alive() is None")).isEqualTo(false);
    thing.close();
    assertThat(python.eval("alive() is None")).isEqualTo(true);
  }

  @Test
  void anotherThreadMayCloseIt() throws Exception {
    python.run("things = [Thing() for _ in range(100)]\nrefs = [weakref.ref(t) for t in things]");
    List<PyObject> objects = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      objects.add(object("things[" + i + "]"));
    }
    python.run("things.clear()");
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(new Thread(() -> objects.forEach(PyObject::close)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(python.eval("sum(r() is not None for r in refs)")).isEqualTo(0L);
  }

  @Test
  void aDestructorMayUseWhatHasBeenClosed() {
    List<Object> seen = new ArrayList<>();
    python.set("f", (Function<Object, Object>) x -> seen.add(python.eval("1 + 1")));
    python.run("class Dying:\n    def __del__(self): f(1)");
    object("Dying()").close();
    assertThat(seen).isEqualTo(List.of(2L));
  }

  @Test
  void manyObjectsAreHeldAtOnce() {
    List<PyObject> objects = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      objects.add(object("Thing(" + i + ")"));
    }
    for (int i = 0; i < 10_000; i += 97) {
      assertThat(objects.get(i).getAttribute("x")).isEqualTo((long) i);
    }
    objects.forEach(PyObject::close);
  }

  // -- garbage collection --

  @Test
  void aDroppedObjectIsGivenBackAndReported() throws Exception {
    List<String> messages = Collections.synchronizedList(new ArrayList<>());
    Handler handler = collecting(messages);
    Logger logger = Logger.getLogger("dev.clutch");
    logger.addHandler(handler);
    try {
      python.run("thing = Thing()\nalive = weakref.ref(thing)");
      drop();
      python.run("del thing");
      for (int i = 0; i < 200 && (Boolean) python.eval("alive() is not None"); i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertThat(python.eval("alive() is None")).isEqualTo(true);
      assertThat(messages).anySatisfy(each -> assertThat(each).contains("dropped without close()"));
    } finally {
      logger.removeHandler(handler);
    }
  }

  private void drop() {
    for (int i = 0; i < 10; i++) {
      object("thing");
    }
  }

  private static Handler collecting(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        messages.add(record.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /** Compiled code takes an object for dead when its handle has been read. */
  @Test
  void theGarbageCollectorTakesNoObjectThatIsInUse() throws Exception {
    python.set("made", (Supplier<Object>) () -> object("b'abc'"));
    for (int i = 0; i < 20_000; i++) {
      useObjectsThatNobodyElseHolds();
    }
    python.run(
        """
        import sys
        sys.setswitchinterval(0.05)
        stop = False
        def hog():
            while not stop: pass
        """);
    List<Thread> disturbers =
        List.of(new Thread(this::collect), new Thread(this::hog), new Thread(this::enter));
    disturbers.forEach(Thread::start);
    try {
      for (int i = 0; i < 20; i++) {
        useObjectsThatNobodyElseHolds();
      }
    } finally {
      stopped = true;
      python.run("stop = True");
      for (Thread each : disturbers) {
        each.join();
      }
    }
  }

  private void useObjectsThatNobodyElseHolds() {
    assertThat(object("b'abc'").len()).isEqualTo(3);
    assertThat(python.call("len", object("b'abc'"))).isEqualTo(3L);
    assertThat(python.function("len").call("abc")).isEqualTo(3L);
    assertThat(python.eval("len(made())")).isEqualTo(3L);
  }

  private void hog() {
    python.call("hog");
  }

  /** Whoever enters gives back what was dropped. */
  private void enter() {
    while (!stopped) {
      python.eval("1");
    }
  }

  private void collect() {
    while (!stopped) {
      System.gc();
    }
  }
}
