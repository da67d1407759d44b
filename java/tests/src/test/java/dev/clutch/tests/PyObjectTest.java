package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyFunction;
import dev.clutch.PyIterator;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.TypeToken;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Python objects that stay in their interpreter. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PyObjectTest {
  private Interpreter python;
  private volatile boolean stopped;

  @BeforeEach
  void createInterpreter() {
    python = Interpreters.create();
    python.run(
        """
        import gc, weakref
        class Thing:
            label = 'class'
            def __init__(self, x=1):
                self.x = x
            def add(self, a, b=10):
                return self.x + a + b
        """);
  }

  @AfterEach
  void closeInterpreter() {
    python.close();
  }

  private PyObject object(String expression) {
    return python.eval(expression, PyObject.class);
  }

  // -- attributes --

  @Test
  void attributesAreReadWrittenAndDeleted() {
    try (PyObject thing = object("Thing(5)")) {
      assertThat(thing.getAttribute("x")).isEqualTo(5L);
      assertThat(thing.getAttribute("x", int.class)).isEqualTo(5);
      assertThat(thing.getAttribute("label", String.class)).isEqualTo("class");
      thing.setAttribute("y", List.of(1));
      assertThat(thing.getAttribute("y")).isEqualTo(List.of(1L));
      thing.setAttribute("none", null);
      assertThat(thing.getAttribute("none")).isNull();
      assertThat(thing.hasAttribute("y")).isTrue();
      thing.deleteAttribute("y");
      assertThat(thing.hasAttribute("y")).isFalse();
      assertThat(thing.interpreter()).isSameAs(python);
    }
  }

  @Test
  void missingAttributesAreAttributeErrors() {
    try (PyObject thing = object("Thing()")) {
      assertThatThrownBy(() -> thing.getAttribute("nope"))
          .isInstanceOf(PythonException.class)
          .hasMessageStartingWith("AttributeError: ");
      assertThatThrownBy(() -> thing.deleteAttribute("nope"))
          .hasMessageStartingWith("AttributeError: ");
      assertThatThrownBy(() -> thing.getAttribute("x", String.class))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("1");
    }
  }

  @Test
  void onlyAnAttributeErrorMeansThatThereIsNone() {
    python.run(
        """
        class Odd:
            @property
            def raises(self): raise ValueError('odd')
            @property
            def missing(self): raise AttributeError('gone')
        """);
    try (PyObject odd = object("Odd()")) {
      assertThat(odd.hasAttribute("missing")).isFalse();
      assertThatThrownBy(() -> odd.hasAttribute("raises")).hasMessage("ValueError: odd");
    }
  }

  // -- items --

  @Test
  void itemsOfAListAreReadWrittenAndDeleted() {
    try (PyObject list = object("[1, 2, 3, 4]");
        PyObject slice = object("slice(1, 3)")) {
      assertThat(list.getItem(0)).isEqualTo(1L);
      assertThat(list.getItem(-1)).isEqualTo(4L);
      assertThat(list.getItem(-1, int.class)).isEqualTo(4);
      assertThat(list.getItem(slice)).isEqualTo(List.of(2L, 3L));
      list.setItem(slice, List.of("x"));
      list.deleteItem(-1);
      assertThat((Object) list.as(List.class)).isEqualTo(List.of(1L, "x"));
      assertThatThrownBy(() -> list.getItem(9)).hasMessageStartingWith("IndexError: ");
      assertThatThrownBy(() -> list.getItem("k")).hasMessageStartingWith("TypeError: ");
    }
  }

  @Test
  void itemsOfADictAreReadWrittenAndDeleted() {
    try (PyObject dict = object("{'a': 1}")) {
      dict.setItem(new Object[] {1, "t"}, null);
      assertThat(dict.getItem(new Object[] {1, "t"})).isNull();
      assertThat(dict.getItem("a")).isEqualTo(1L);
      dict.deleteItem("a");
      assertThatThrownBy(() -> dict.getItem("a")).hasMessage("KeyError: 'a'");
      assertThatThrownBy(() -> dict.deleteItem(null)).hasMessage("KeyError: None");
      assertThatThrownBy(() -> dict.setItem(List.of(), 1)).hasMessageContaining("unhashable");
      assertThatThrownBy(() -> dict.setItem(1, new Object()))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("value is a java.lang.Object");
      assertThatThrownBy(() -> dict.setItem(new Object(), 1))
          .hasMessageStartingWith("key is a java.lang.Object");
    }
  }

  // -- calls --

  @Test
  void callablesAreCalled() {
    try (PyObject type = object("Thing");
        PyObject thing = type.callAs(PyObject.class, 5)) {
      assertThat(thing.callMethod("add", 1)).isEqualTo(16L);
      assertThat(thing.callMethod("add", 1, 2)).isEqualTo(8L);
      try (PyObject method = thing.getAttribute("add", PyObject.class)) {
        assertThat(method.call(1)).isEqualTo(16L);
        assertThat(method.callWith(List.of(1), Map.of("b", 0))).isEqualTo(6L);
        assertThat(method.callWith(List.of(), Map.of("a", 1, "b", 2))).isEqualTo(8L);
        assertThat(method.callAs(int.class, 1)).isEqualTo(16);
        assertThatThrownBy(method::call).hasMessageStartingWith("TypeError: ");
        assertThatThrownBy(() -> method.callWith(List.of(), Map.of("z", 1)))
            .hasMessageContaining("unexpected keyword argument 'z'");
      }
      assertThatThrownBy(thing::call).hasMessageContaining("not callable");
      assertThatThrownBy(() -> thing.callMethod("nope")).hasMessageContaining("nope");
    }
  }

  @Test
  void aFunctionHasAReferenceOfItsOwn() {
    PyObject object = object("len");
    try (PyFunction function = object.asFunction()) {
      object.close();
      assertThat(function.call("abc")).isEqualTo(3L);
    }
  }

  @Test
  void callsTakeManyArguments() {
    python.run("def count(*args, **kwargs): return len(args), list(kwargs.values())");
    try (PyObject count = object("count")) {
      for (int n : new int[] {0, 1, 15, 16, 17, 1000}) {
        assertThat(count.call(Collections.nCopies(n, 1).toArray()))
            .isEqualTo(List.of((long) n, List.of()));
        assertThat(count.callWith(Collections.nCopies(n, 1), Map.of("k", n)))
            .isEqualTo(List.of((long) n, List.of((long) n)));
      }
      assertThatThrownBy(() -> count.callWith(List.of(1, new Object()), Map.of()))
          .hasMessageStartingWith("args[1] is a java.lang.Object");
      assertThatThrownBy(() -> count.callWith(List.of(), Map.of("k", List.of(new Object()))))
          .hasMessageStartingWith("kwargs[\"k\"][0] is a java.lang.Object");
    }
  }

  // -- iteration --

  @Test
  void anIteratorGivesTheItems() {
    try (PyObject list = object("[1, None, 'x']");
        PyIterator items = list.iterator()) {
      assertThat(items.hasNext()).isTrue();
      assertThat(items.hasNext()).isTrue();
      assertThat(items.next()).isEqualTo(1L);
      assertThat(items.next()).isNull();
      assertThat(items.next()).isEqualTo("x");
      assertThat(items.hasNext()).isFalse();
      assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
      assertThat(items.hasNext()).isFalse();
    }
    try (PyObject number = object("5")) {
      assertThatThrownBy(number::iterator).hasMessageContaining("not iterable");
    }
  }

  @Test
  void aGeneratorRunsOnlyAsFarAsJavaAsks() {
    python.run(
        """
        steps = []
        def counting():
            try:
                for i in range(1000):
                    steps.append(i)
                    yield i
            finally:
                steps.append('finally')
        """);
    try (PyObject generator = object("counting()")) {
      try (PyIterator items = generator.iterator()) {
        assertThat(python.eval("steps")).isEqualTo(List.of());
        items.next();
        items.next();
        assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L));
      }
    }
    assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L, "finally"));
  }

  @Test
  void closingAStreamClosesTheGenerator() {
    python.run(
        """
        steps = []
        def counting():
            try:
                for i in range(1000):
                    steps.append(i)
                    yield i
            finally:
                steps.append('finally')
        """);
    try (PyObject generator = object("counting()");
        Stream<Object> items = generator.stream()) {
      assertThat(items.limit(3).toList()).isEqualTo(List.of(0L, 1L, 2L));
      assertThat(python.eval("steps")).isEqualTo(List.of(0L, 1L, 2L));
    }
    assertThat(python.eval("steps[-1]")).isEqualTo("finally");
    try (PyObject range = object("range(10_000)");
        Stream<Object> items = range.stream()) {
      assertThat(items.mapToLong(each -> (Long) each).sum()).isEqualTo(49_995_000L);
    }
  }

  @Test
  void whatAGeneratorRaisesReachesTheIterator() {
    python.run(
        """
        def failing():
            yield 1
            raise ValueError('empty')
        def stubborn():
            try:
                yield 1
            finally:
                raise KeyError('no end')
        """);
    try (PyObject generator = object("failing()");
        PyIterator items = generator.iterator()) {
      assertThat(items.next()).isEqualTo(1L);
      assertThatThrownBy(items::hasNext).hasMessage("ValueError: empty");
      assertThat(items.hasNext()).isFalse();
    }
    try (PyObject generator = object("stubborn()")) {
      PyIterator items = generator.iterator();
      items.next();
      assertThatThrownBy(items::close).hasMessageContaining("no end");
      items.close();
      assertThat(items.hasNext()).isFalse();
    }
  }

  @Test
  void aClosedIteratorHasNoMoreItems() {
    try (PyObject list = object("[1, 2]")) {
      PyIterator items = list.iterator();
      assertThat(items.hasNext()).isTrue();
      items.close();
      assertThat(items.hasNext()).isFalse();
      assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
      items.close();
    }
  }

  @Test
  void anIteratorOfAClosedInterpreterCanBeClosed() {
    Interpreter closing = Interpreters.create();
    PyIterator items = closing.eval("iter([1, 2])", PyObject.class).iterator();
    closing.close();
    assertThatThrownBy(items::hasNext).isInstanceOf(InterpreterClosedException.class);
    items.close();
    items.close();
  }

  // -- questions --

  @Test
  void questionsAreAnswered() {
    try (PyObject list = object("[1, 'x']");
        PyObject empty = object("[]");
        PyObject one = object("1");
        PyObject listType = object("list");
        PyObject types = object("(dict, list)")) {
      assertThat(list.len()).isEqualTo(2);
      assertThat(list.str()).isEqualTo("[1, 'x']");
      assertThat(list.repr()).isEqualTo("[1, 'x']");
      assertThat(list).hasToString("[1, 'x']");
      assertThat(list.isTrue()).isTrue();
      assertThat(empty.isTrue()).isFalse();
      assertThat(one.hash()).isEqualTo(1);
      assertThat(one.isEqualTo(1.0)).isTrue();
      assertThat(one.isEqualTo(null)).isFalse();
      assertThat(list.isEqualTo(List.of(1, "x"))).isTrue();
      assertThat(list.isEqualTo(list)).isTrue();
      assertThat(list.isInstance(listType)).isTrue();
      assertThat(list.isInstance(types)).isTrue();
      assertThat(one.isInstance(listType)).isFalse();
      assertThatThrownBy(list::hash).hasMessageContaining("unhashable");
      assertThatThrownBy(one::len).hasMessageContaining("has no len()");
      assertThatThrownBy(() -> one.isInstance(one)).hasMessageStartingWith("TypeError: ");
    }
    try (PyObject minusOne = object("-1");
        PyObject surrogate = object("'\\ud800\\U0001f600'")) {
      assertThat(minusOne.hash()).isEqualTo(-2);
      assertThat(surrogate.str()).isEqualTo("\ud800\ud83d\ude00");
    }
  }

  @Test
  void equalObjectsAreTheVerySame() {
    python.run("a, b = [], []");
    try (PyObject first = object("a");
        PyObject second = object("a");
        PyObject other = object("b")) {
      assertThat(first).isEqualTo(second).isEqualTo(first).hasSameHashCodeAs(second);
      assertThat(first).isNotEqualTo(other).isNotEqualTo(null).isNotEqualTo("a");
    }
    PyObject closed = object("a");
    closed.close();
    try (PyObject open = object("a")) {
      assertThat(open).isNotEqualTo(closed);
    }
  }

  @Test
  void toStringNeverThrows() {
    python.run("class Bad:\n    def __str__(self): raise ValueError('bad')");
    PyObject bad = object("Bad()");
    assertThat(bad.toString()).startsWith("PyObject[Interpreter[");
    assertThatThrownBy(bad::str).hasMessage("ValueError: bad");
    PyObject closed = object("[]");
    closed.close();
    assertThat(closed.toString()).contains("closed");
    Interpreter closing = Interpreters.create();
    PyObject orphan = closing.eval("[]", PyObject.class);
    closing.close();
    assertThat(orphan.toString()).contains("closed");
    bad.close();
    python.run("class Exits:\n    def __str__(self): raise SystemExit");
    try (PyObject exits = object("Exits()")) {
      assertThat(exits.toString()).startsWith("PyObject[");
    }
  }

  // -- ownership --

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

  // -- conversion --

  @Test
  void anObjectBecomesAValue() {
    try (PyObject list = object("[1, 2.5]");
        PyObject number = object("2 ** 40");
        PyObject letter = object("'x'")) {
      assertThat((Object) list.as(List.class)).isEqualTo(List.of(1L, 2.5));
      assertThat(list.as(Object.class)).isEqualTo(List.of(1L, 2.5));
      assertThat(number.as(long.class)).isEqualTo(1L << 40);
      assertThat(number.as(double.class)).isEqualTo(0x1p40);
      assertThat(letter.as(char.class)).isEqualTo('x');
      assertThat(object("None")).isNull();
      assertThatThrownBy(() -> number.as(int.class))
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining(String.valueOf(1L << 40))
          .hasMessageContaining("int");
      assertThatThrownBy(() -> python.eval("None", int.class)).hasMessageContaining("None");
      try (PyObject same = list.as(PyObject.class)) {
        assertThat(same).isEqualTo(list).isNotSameAs(list);
      }
      assertThat(list.isClosed()).isFalse();
    }
  }

  /** What Python implements. */
  interface Greeter {
    String greet(String name);

    int count();

    void forget();

    default String twice(String name) {
      return greet(name) + greet(name);
    }

    default String overridden() {
      return "java";
    }

    default String failing() {
      throw new IllegalStateException("default");
    }

    List<String> names();
  }

  @Test
  void anObjectImplementsAnInterface() {
    python.run(
        """
        class Greeter:
            def __init__(self): self.seen = []
            def greet(self, name):
                self.seen.append(name)
                return 'hello ' + name
            def count(self): return len(self.seen)
            def forget(self): self.seen.clear(); return 'ignored'
            def overridden(self): return 'python'
            def names(self): return self.seen
            def __str__(self): return 'a greeter'
        """);
    try (PyObject object = object("Greeter()")) {
      Greeter greeter = object.as(Greeter.class);
      assertThat(greeter.greet("a")).isEqualTo("hello a");
      assertThat(greeter.twice("b")).isEqualTo("hello bhello b");
      assertThat(greeter.count()).isEqualTo(3);
      assertThat(greeter.overridden()).isEqualTo("python");
      assertThat(greeter.names()).isEqualTo(List.of("a", "b", "b"));
      greeter.forget();
      assertThat(greeter.count()).isZero();
      assertThat(greeter).hasToString("a greeter");
      assertThat(greeter).isEqualTo(object.as(Greeter.class)).isNotEqualTo(null).isNotEqualTo("x");
      assertThat(greeter.hashCode()).isEqualTo(object.as(Greeter.class).hashCode());
      assertThatThrownBy(greeter::failing)
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("default");
    }
  }

  @Test
  void aProxysErrorsAreTheOnesOfTheObject() {
    python.run(
        "class Bad:\n"
            + "    def count(self): return 'x'\n"
            + "    def greet(self, name): raise KeyError(name)");
    try (PyObject object = object("Bad()")) {
      Greeter greeter = object.as(Greeter.class);
      assertThatThrownBy(greeter::count).isInstanceOf(NotShareableException.class);
      assertThatThrownBy(() -> greeter.greet("k")).hasMessage("KeyError: 'k'");
      assertThatThrownBy(greeter::names).hasMessageStartingWith("AttributeError: ");
    }
  }

  @Test
  void aProxyWorksUntilItsObjectIsClosed() {
    PyObject object = object("Thing()");
    Greeter greeter = object.as(Greeter.class);
    object.close();
    assertThatThrownBy(greeter::count).isInstanceOf(IllegalStateException.class);
  }

  @SuppressWarnings("unchecked")
  @Test
  void functionalInterfacesAreImplementedByCallables() throws Exception {
    try (PyObject identity = object("lambda x: x");
        PyObject add = object("lambda x, y: x + y");
        PyObject three = object("lambda: 3")) {
      Function<Object, Object> function = identity.as(Function.class);
      assertThat(function.apply("x")).isEqualTo("x");
      assertThat(function.apply(List.of(1L))).isEqualTo(List.of(1L));
      assertThat(function.apply(null)).isNull();
      assertThat(function.andThen(x -> x + "!").apply("x")).isEqualTo("x!");
      BiFunction<Object, Object, Object> sum = add.as(BiFunction.class);
      assertThat(sum.apply(1, 2)).isEqualTo(3L);
      IntBinaryOperator intSum = add.as(IntBinaryOperator.class);
      assertThat(intSum.applyAsInt(1, 2)).isEqualTo(3);
      assertThat(three.as(Supplier.class).get()).isEqualTo(3L);
      assertThat(three.as(Callable.class).call()).isEqualTo(3L);
      Predicate<Object> predicate = identity.as(Predicate.class);
      assertThat(predicate.test(true)).isTrue();
      assertThat(predicate.negate().test(true)).isFalse();
      three.as(Runnable.class).run();
    }
  }

  @SuppressWarnings("unchecked")
  @Test
  void aLambdaIsAComparator() {
    List<String> words = new ArrayList<>(List.of("ccc", "a", "bb"));
    Comparator<String> byLength = python.eval("lambda a, b: len(a) - len(b)", Comparator.class);
    words.sort(byLength);
    assertThat(words).containsExactly("a", "bb", "ccc");
    words.sort(byLength.reversed());
    assertThat(words).containsExactly("ccc", "bb", "a");
  }

  @Test
  void typeArgumentsOfAProxyAreHeeded() {
    TypeToken<Function<Long, String>> type = new TypeToken<>() {};
    Function<Long, String> text = python.eval("lambda x: str(x)", type);
    assertThat(text.apply(5L)).isEqualTo("5");
    assertThat(python.eval("[1, 2]", new TypeToken<List<Long>>() {})).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void anObjectIsAJavaIterator() {
    python.run(
        """
        class Steps:
            def __init__(self): self.left = 3
            def hasNext(self): return self.left > 0
            def next(self):
                self.left -= 1
                return self.left
        """);
    Iterator<?> steps = python.eval("Steps()", Iterator.class);
    List<Object> seen = new ArrayList<>();
    steps.forEachRemaining(seen::add);
    assertThat(seen).isEqualTo(List.of(2L, 1L, 0L));
    assertThatThrownBy(steps::remove).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void anObjectThatBecomesNothingIsRefused() {
    try (PyObject thing = object("Thing()")) {
      for (Class<?> type : List.of(String.class, Integer.class, int[].class, Void.class)) {
        assertThatThrownBy(() -> thing.as(type))
            .describedAs("%s", type)
            .isInstanceOf(NotShareableException.class);
      }
      assertThat(thing.getAttribute("x")).isEqualTo(1L);
    }
  }

  // -- buffers --

  @Test
  void memoryIsSharedBothWays() {
    python.run("b = bytearray(b'hello')");
    try (PyObject bytes = object("b")) {
      ByteBuffer buffer = bytes.buffer();
      assertThat(buffer.remaining()).isEqualTo(5);
      assertThat(buffer.isReadOnly()).isFalse();
      assertThat(buffer.order()).isEqualTo(ByteOrder.nativeOrder());
      buffer.put(0, (byte) 'j');
      python.run("b[4] = ord('y')");
      assertThat(python.eval("bytes(b)")).isEqualTo("jelly".getBytes());
      assertThat(buffer.get(4)).isEqualTo((byte) 'y');
    }
  }

  @Test
  void buffersOfEveryKindOfObject() {
    python.run("from array import array\na = array('i', [1, -2, 3])\nm = memoryview(a)");
    try (PyObject array = object("a");
        PyObject view = object("m[1:]");
        PyObject bytes = object("b'ab'");
        PyObject empty = object("bytearray()")) {
      assertThat(array.buffer().asIntBuffer().get(1)).isEqualTo(-2);
      ByteBuffer tail = view.buffer();
      tail.putInt(4, 99);
      assertThat(python.eval("a[2]")).isEqualTo(99L);
      assertThat(tail.remaining()).isEqualTo(8);
      ByteBuffer readOnly = bytes.buffer();
      assertThat(readOnly.isReadOnly()).isTrue();
      assertThatThrownBy(() -> readOnly.put(0, (byte) 1))
          .isInstanceOf(ReadOnlyBufferException.class);
      assertThat(empty.buffer().remaining()).isZero();
    }
  }

  @Test
  void whatHasNoContiguousMemoryHasNoBuffer() {
    try (PyObject strided = object("memoryview(bytearray(10))[::2]");
        PyObject reversed = object("memoryview(bytearray(10))[::-1]");
        PyObject number = object("5");
        PyObject text = object("'x'")) {
      assertThatThrownBy(strided::buffer)
          .isInstanceOf(NotShareableException.class)
          .hasMessageContaining("not contiguous");
      assertThatThrownBy(reversed::buffer).isInstanceOf(NotShareableException.class);
      assertThatThrownBy(number::buffer).hasMessageStartingWith("TypeError: ");
      assertThatThrownBy(text::buffer).hasMessageStartingWith("TypeError: ");
    }
  }

  @Test
  void aBytearrayCannotBeResizedWhileItsBufferIsReachable() throws Exception {
    python.run("b = bytearray(10)");
    Thread.sleep(1);
    useBufferOfB();
    Throwable thrown = null;
    for (int i = 0; i < 200; i++) {
      System.gc();
      Thread.sleep(10);
      thrown = catchThrowable(() -> python.run("b.append(1)"));
      if (thrown == null) {
        break;
      }
    }
    assertThat(thrown).isNull();
    assertThat(python.eval("len(b)")).isEqualTo(11L);
  }

  private void useBufferOfB() {
    ByteBuffer slice;
    try (PyObject bytes = object("b")) {
      slice = bytes.buffer().slice(2, 4).asReadOnlyBuffer();
    }
    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThatThrownBy(() -> python.run("b.append(1)")).hasMessageStartingWith("BufferError: ");
    }
    assertThat(slice.get(0)).isZero();
  }

  @Test
  void aBufferSurvivesItsObjectAndItsInterpreter() {
    for (String expression :
        List.of(
            "bytearray(b'small')",
            "bytearray(b'small' * 100_000)",
            "b'small' * 10",
            "__import__('array').array('b', b'small')",
            "memoryview(bytearray(b'xxsmall'))[2:]")) {
      Interpreter closing = Interpreters.create();
      PyObject object = closing.eval(expression, PyObject.class);
      ByteBuffer buffer = object.buffer();
      object.close();
      closing.close();
      churn();
      byte[] content = new byte[5];
      buffer.get(0, content);
      assertThat(new String(content)).describedAs(expression).isEqualTo("small");
      if (!buffer.isReadOnly()) {
        for (int i = 0; i < buffer.limit(); i++) {
          buffer.put(i, (byte) 0x5a);
        }
      }
      churn();
    }
  }

  /** Uses memory that was freed by mistake. */
  private static void churn() {
    for (int i = 0; i < 3; i++) {
      try (Interpreter other = Interpreters.create()) {
        other.run("import json\nkept = [bytearray(b'other' * n) for n in range(2000)]");
      }
    }
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
}
