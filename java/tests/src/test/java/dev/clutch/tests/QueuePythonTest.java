package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.Pickled;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues in Python, and between Java and Python. */
@Tag("jni")
@Timeout(60)
class QueuePythonTest {
  private static final String HELPERS =
      """
      import clutch, math, pickle, queue as standard

      def raised(function, *args, **kwargs):
          try:
              function(*args, **kwargs)
          except BaseException as error:
              return f"{type(error).__name__}: {error}"
          return "nothing"
      """;

  private final InterpreterQueue queue = InterpreterQueue.create();
  private Interpreter python;
  private Interpreter other;

  @BeforeEach
  void open() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.set("q", queue);
      each.run(HELPERS);
    }
  }

  @AfterEach
  void close() {
    python.close(Duration.ofSeconds(10));
    other.close(Duration.ofSeconds(10));
  }

  private String raised(String call) {
    return String.valueOf(python.eval("raised(" + call + ")"));
  }

  // -- the API --

  @Test
  void aQueueIsMadeAndSharedFromPython() {
    python.run(
        """
        bounded = clutch.Queue(2)
        assert bounded.maxsize == 2 and bounded.empty() and not bounded.full()
        bounded.put("a")
        bounded.put(obj="b", block=False)
        assert bounded.full() and bounded.qsize() == 2 and not bounded.empty()
        assert repr(bounded) == "<clutch.Queue of 2>"
        assert clutch.Queue().maxsize == clutch.Queue(-5).maxsize == 0
        assert not clutch.Queue().full()
        assert clutch.Queue(maxsize=True).maxsize == 1
        assert clutch.Queue(2 ** 62).maxsize == 2 ** 62
        """);
    InterpreterQueue bounded = (InterpreterQueue) python.get("bounded");
    assertThat(bounded.maxsize()).isEqualTo(2);
    assertThat(bounded).containsExactly("a", "b");
    assertThat(python.eval("bounded")).isEqualTo(bounded);
    assertThat(python.call("bounded.__eq__", bounded)).isEqualTo(true);
    assertThat(python.eval("{q: 1}[q], q == q, q != bounded, q == 3"))
        .isEqualTo(List.of(1L, true, true, false));
    assertThat(((InterpreterQueue) python.eval("clutch.Queue(2 ** 40)")).maxsize())
        .isEqualTo(Integer.MAX_VALUE);
    Function<InterpreterQueue, Object> same = given -> given.equals(bounded) ? given : null;
    python.set("same", same);
    assertThat(python.eval("same(bounded) == bounded")).isEqualTo(true);
  }

  @Test
  void anEmptyOrFullQueueRaisesWhatTheStandardOneDoes() {
    python.run(
        """
        full = clutch.Queue(1)
        full.put_nowait(1)
        for get in q.get_nowait, lambda: q.get(False), lambda: q.get(timeout=0), \\
                lambda: q.get(True, 0.01), lambda: q.get(block=True, timeout=1e-300):
            assert raised(get) == "QueueEmpty: the queue is empty", get
        for put in full.put_nowait, lambda x: full.put(x, False), lambda x: full.put(x, timeout=0), \\
                lambda x: full.put(timeout=0.01, obj=x):
            assert raised(put, None) == "QueueFull: the queue is full", put
        assert issubclass(clutch.QueueEmpty, standard.Empty)
        assert issubclass(clutch.QueueFull, standard.Full)
        assert clutch.QueueEmpty is clutch.QueueEmpty
        assert clutch.QueueEmpty.__module__ == "clutch"
        """);
  }

  @Test
  void aClosedQueueGivesWhatIsInIt() {
    python.run(
        """
        q.put(1)
        assert not q.closed
        q.close(); q.close()
        assert q.closed
        assert q.get() == 1
        for use in q.get, q.get_nowait, lambda: q.put(2), lambda: q.put_nowait(2):
            assert raised(use) == "QueueClosed: the queue is closed", use
        """);
    assertThat(queue.isClosed()).isTrue();
  }

  @Test
  void strangeArgumentsAreRefused() {
    String negative = "ValueError: timeout must not be negative, but it is ";
    assertThat(raised("q.get, True, -1")).isEqualTo(negative + "-1");
    assertThat(raised("q.get, timeout=math.nan")).isEqualTo(negative + "nan");
    assertThat(raised("q.put, 1, True, -math.inf")).isEqualTo(negative + "-inf");
    assertThat(raised("q.get, timeout='1'")).startsWith("TypeError: ");
    assertThat(raised("q.get, True, 10 ** 400")).startsWith("OverflowError: ");
    assertThat(raised("q.put")).isEqualTo("TypeError: put() needs an object");
    assertThat(raised("q.put, 1, True, None, 4")).startsWith("TypeError: at most 3 arguments");
    assertThat(raised("q.put, 1, obj=2"))
        .isEqualTo("TypeError: unexpected or repeated argument: obj");
    assertThat(raised("q.get, wait=1"))
        .isEqualTo("TypeError: unexpected or repeated argument: wait");
    assertThat(raised("q.get, **{'\\ud800': 1}")).startsWith("TypeError: ");
    assertThat(raised("q.get_nowait, 1")).startsWith("TypeError: ");
    assertThat(raised("clutch.Queue, 1.5")).startsWith("TypeError: ");
    assertThat(raised("clutch.Queue, 2 ** 64")).startsWith("OverflowError: ");
    assertThat(raised("clutch.Queue, 1, 2")).startsWith("TypeError: ");
    assertThat(raised("type, 'Sub', (clutch.Queue,), {}")).contains("not an acceptable base type");
    assertThat(raised("setattr, clutch.Queue, 'put', 1")).startsWith("TypeError: ");
    assertThat(raised("setattr, q, 'x', 1")).startsWith("AttributeError: ");
    assertThat(raised("pickle.dumps, q")).startsWith("TypeError: cannot pickle");
    assertThat(raised("__import__('copy').copy, q")).startsWith("TypeError: cannot pickle");
    assertThat(raised("lambda: q < q")).startsWith("TypeError: ");
    assertThat(queue).isEmpty();
    queue.putNowait(1);
    for (String timeout : List.of("math.inf", "1e300", "9e9", "True", "0.0", "-0.0")) {
      assertThat(python.eval("(q.put(1, True, " + timeout + "), q.get(timeout=" + timeout + "))"))
          .isEqualTo(Arrays.asList(null, 1L));
    }
  }

  @Test
  void codeThatArgumentsRunMayDoAnything() {
    python.run(
        """
        class Sly:
            def __init__(self, action): self.action = action
            def __float__(self): self.action(); return 0.0
            def __bool__(self): self.action(); return False
            def fail(): raise KeyError("sly")
        q.put(1)
        assert raised(q.get, Sly(lambda: q.get())) == "QueueEmpty: the queue is empty"
        assert raised(q.get, True, Sly(Sly.fail)) == "KeyError: 'sly'"
        assert raised(q.put, 1, Sly(Sly.fail)) == "KeyError: 'sly'"
        assert raised(q.put, 1, True, Sly(q.close)) == "QueueClosed: the queue is closed"
        """);
  }

  // -- values --

  @Test
  void valuesGoThroughInBothDirections() throws InterruptedException {
    python.run(
        """
        import array, datetime, decimal, uuid
        values = [None, True, 1, -2 ** 70, 10 ** 5000, 1.5, -0.0, "text \\ud800 \\U0001f600", b"\\0\\xff",
            "x" * 10 ** 6, bytes(10 ** 6), [], [1, [2]], {1, 2}, {"k": {None: []}},
            array.array("q", range(10 ** 5)), array.array("d", [1.5]),
            datetime.date(1, 1, 1), datetime.time(23, 59, 59, 999999),
            datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc),
            datetime.timedelta(-1, 5), decimal.Decimal("1.50"), uuid.UUID(int=5)]
        for value in values:
            q.put(value)
        q.put((1, (), {(2, 3): frozenset([4])}))
        """);
    other.run("for i in range(q.qsize()): q.put(q.get())");
    python.run("assert [q.get() for value in values] == values");
    python.run("assert q.get() == (1, (), {(2, 3): {4}})\nfor value in values: q.put(value)");
    for (int i = queue.size(); i > 0; i--) {
      queue.put(queue.get());
    }
    python.run(
        """
        for value in values:
            got = q.get()
            assert got == value and type(got) is type(value), (got, value)
        """);
  }

  @Test
  void memoryIsCopied() {
    python.run(
        """
        source = bytearray(range(12))
        q.put([memoryview(source)[1:9:2], memoryview(source).cast("B", (3, 4)),
               memoryview(b"ab"), memoryview(source).cast("i"), memoryview(b"")])
        q.put(memoryview(source)[:2])
        source[:] = bytes(12)
        stepped, matrix, constant, ints, nothing = q.get()
        assert stepped.tolist() == [1, 3, 5, 7] and not stepped.readonly
        assert matrix.shape == (3, 4) and matrix[2, 3] == 11
        assert constant.readonly and constant == b"ab" and len(nothing) == 0
        assert ints.format == "i" and ints[0] == 0x03020100
        stepped[0] = 200
        """);
    assertThat(queue.getNowait()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 1}));
    queue.putNowait(ByteBuffer.wrap(new byte[] {7, 8}).asReadOnlyBuffer());
    queue.putNowait(ByteBuffer.allocateDirect(3));
    assertThat(python.eval("(lambda a, b: (a.tolist(), a.readonly, len(b)))(q.get(), q.get())"))
        .isEqualTo(List.of(List.of(7L, 8L), true, 3L));
  }

  @Test
  void otherObjectsArePickled() {
    python.run("import fractions, collections\nP = collections.namedtuple('P', 'x y')");
    python.run("q.put([fractions.Fraction(1, 3), 1 + 2j, bytearray(b'x'), range(3), P(1, 2)])");
    List<?> got = (List<?>) queue.getNowait();
    assertThat(got.subList(0, 4)).hasOnlyElementsOfType(Pickled.class);
    assertThat(got.get(4)).isEqualTo(List.of(1L, 2L));
    Pickled fraction = (Pickled) got.get(0);
    assertThat(fraction).isEqualTo(new Pickled(fraction.toByteArray())).isNotEqualTo(got.get(1));
    assertThat(other.call("str", fraction)).isEqualTo("1/3");
    queue.putNowait(List.of(got.get(1), got.get(3)));
    assertThat(other.eval("repr(q.get())")).isEqualTo("[(1+2j), range(0, 3)]");
    Function<Object, Object> give = unused -> fraction;
    other.set("give", give);
    assertThat(other.eval("str(give(0))")).isEqualTo("1/3");
    assertThatThrownBy(() -> other.call("str", new Pickled(new byte[] {1, 2})))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("UnpicklingError");
  }

  @Test
  void aMessageThatCannotBeReadIsGone() {
    python.run("class Own: pass\nq.put(Own())\nq.put('next')");
    other.run(
        """
        assert raised(q.get).startswith("AttributeError: "), raised(q.get)
        assert q.get() == "next"
        """);
    python.run("q.put({1.0, math.nan, float('nan')})\nq.put('next')");
    assertThatThrownBy(queue::getNowait).isInstanceOf(NotShareableException.class);
    assertThat(queue.getNowait()).isEqualTo("next");
  }

  @Test
  void whatCannotBeSentIsRefusedWithItsPath() {
    Runnable callback = () -> {};
    python.set("callback", callback);
    python.run(
        """
        class Sly:
            def __init__(self, action): self.action = action
            def __reduce__(self): return self.action()
        def fail(): raise KeyError("sly")
        def stop(): raise SystemExit("stop")
        def again(): return q.put([Sly(again)])
        def close(): q.close(); return str, ()
        deep = []
        for i in range(5000): deep = [deep]
        itself = {}
        itself["key"] = itself
        generator = (i for i in range(3))
        """);
    assertThat(raised("q.put, [1, {'key': (print,)}]"))
        .startsWith(
            "NotShareableError: value[1][\"key\"][0] is a builtin_function_or_method: call");
    assertThat(raised("q.put, callback")).contains("value is a clutch.JavaObject: callables");
    assertThat(raised("q.put_nowait, [Sly]")).startsWith("NotShareableError: value[0] is a type");
    assertThat(raised("q.put, (generator,)"))
        .startsWith("NotShareableError: value[0] is a generator, which cannot be sent, because");
    assertThat(raised("q.put, Sly(fail)")).contains("value is a Sly", "KeyError: 'sly'");
    assertThat(raised("q.put, Sly(stop)")).isEqualTo("SystemExit: stop");
    assertThat(raised("q.put, Sly(again)")).startsWith("NotShareableError: value is a Sly");
    assertThat(raised("q.put, deep")).contains("is nested deeper than 1000 levels");
    assertThat(raised("q.put, itself")).contains("or the value contains itself");
    assertThat(raised("q.put, memoryview(bytes(8)).cast('B', (2, 4))[0:0]")).contains("value is");
    assertThat(queue).isEmpty();
    assertThat(raised("q.put, Sly(close)")).isEqualTo("QueueClosed: the queue is closed");
    assertThatThrownBy(() -> InterpreterQueue.create().put(python.eval("print", PyObject.class)))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("callables and handles");
  }

  /** Python code can put anything in place of the functions that pickle. */
  @ParameterizedTest
  @ValueSource(strings = {"5", "None", "'text'", "bytearray(3)", "[]"})
  void aPickleThatIsNoneIsRefused(String result) {
    python.run("pickle.dumps = lambda *args: " + result);
    assertThat(raised("q.put, [1j]")).startsWith("NotShareableError: value[0] is a complex");
  }

  @Test
  void queuesGoThroughQueues() {
    python.run(
        """
        inner = clutch.Queue()
        inner.put("inside")
        q.put({"queue": inner, "both": [inner, q]})
        del inner
        """);
    other.run(
        """
        got = q.get()
        assert got["both"] == [got["queue"], q]
        assert got["queue"].get() == "inside"
        deepest = None
        for i in range(100_000):
            outer = clutch.Queue()
            outer.put(deepest)
            deepest = outer
        del deepest, outer
        """);
  }

  @Test
  void messagesOutliveTheirSender() {
    Interpreter brief = Interpreters.create();
    brief.set("q", queue);
    brief.run("import clutch\nq.put([clutch.Queue(3), 1j, memoryview(b'abc')])\nq.put('x' * 9)");
    brief.close();
    other.run("a, b, c = q.get()\nassert (a.maxsize, b, bytes(c)) == (3, 1j, b'abc')");
    assertThat(queue.getNowait()).isEqualTo("x".repeat(9));
  }
}
