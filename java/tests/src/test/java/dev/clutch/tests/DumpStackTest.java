package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonTimeoutException;
import dev.clutch.StackDump;
import dev.clutch.StackDump.Frame;
import dev.clutch.StackDump.PythonThread;
import dev.clutch.TypeToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python frames of other threads, whatever they are at. */
@Tag("jni")
@Timeout(60)
class DumpStackTest {
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** The innermost first: where `inner` is, and who called it. */
  private static final String NESTED =
      """
      def inner():
          started.put(1)
          %s
      class C:
          def outer(self):
              inner()
      C().outer()
      """;

  private final InterpreterQueue started = InterpreterQueue.create();
  private Interpreter python;

  @BeforeEach
  void open() {
    python = prepared(Interpreters.create());
  }

  private Interpreter prepared(Interpreter made) {
    made.set("started", started);
    made.run("import clutch, sys, threading, time");
    return made;
  }

  @AfterEach
  void close() {
    python.close(GRACE);
  }

  /** Code on a thread of its own; when this returns, its innermost frame is in the line. */
  private Thread running(Interpreter in, String source, int line) throws InterruptedException {
    Thread thread = new Thread(() -> runToItsEnd(in, source), "a thread with a name");
    thread.start();
    assertThat(started.get()).isEqualTo(1L);
    while (innermost(in.dumpStack()).line() != line) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private static Frame innermost(StackDump dump) {
    return dump.threads().get(0).frames().get(0);
  }

  private static void runToItsEnd(Interpreter in, String source) {
    try {
      in.run(source);
    } catch (RuntimeException ended) {
      // by the end of the test
    }
  }

  private static void assertNested(StackDump dump, Thread thread) {
    assertThat(dump.exact()).isTrue();
    assertThat(dump.threads()).hasSize(1);
    PythonThread only = dump.threads().get(0);
    assertThat(only.frames())
        .containsExactly(
            new Frame("<string>", 3, "inner"),
            new Frame("<string>", 6, "C.outer"),
            new Frame("<string>", 7, "<module>"));
    assertThat(only.thread()).isSameAs(thread);
    assertThat(only.name()).isEqualTo("a thread with a name");
    assertThat(only.complete()).isTrue();
  }

  @Test
  void nobodyIsInIt() {
    assertThat(python.dumpStack().threads()).isEmpty();
    assertThat(python.dumpStack()).hasToString("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while True: pass",
        "for n in iter(int, 1): len('x')",
        "clutch.Queue().get()",
        "time.sleep(1e9)",
        "lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=5)"
      })
  void codeThatRunsOrWaits(String line) throws Exception {
    Thread thread = running(python, NESTED.formatted(line), 3);
    for (int i = 0; i < 20; i++) {
      assertNested(python.dumpStack(), thread);
    }
  }

  /** Nobody can have the GIL meanwhile. */
  @Test
  void aCallOfCThatKeepsTheGil() throws Exception {
    Thread thread = running(python, NESTED.formatted("pow(7, 6_000_000)"), 3);
    StackDump dump = python.dumpStack();
    assertThat(thread.isAlive()).isTrue();
    assertNested(dump, thread);
    assertThat(dump.threads().get(0).attached()).isTrue();
    thread.join();
  }

  @Test
  void anInterpreterThatDoesNotRespond() throws Exception {
    assertThatThrownBy(
            () ->
                python.withTimeout(Duration.ofMillis(50)).run("def f(): pow(7, 6_000_000)\n\nf()"))
        .isInstanceOf(PythonTimeoutException.class);
    assertThatThrownBy(() -> python.eval("1")).hasMessageContaining("is unresponsive");
    assertThat(python.dumpStack().threads().get(0).frames())
        .containsExactly(new Frame("<string>", 1, "f"), new Frame("<string>", 3, "<module>"));
    while (!python.isClosed()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThatThrownBy(python::dumpStack).isInstanceOf(InterpreterClosedException.class);
  }

  @Test
  void itIsPrintedAsByFaulthandler() throws Exception {
    running(python, NESTED.formatted("time.sleep(1e9)"), 3);
    String printed = python.dumpStack().toString();
    assertThat(printed.lines())
        .element(0)
        .asString()
        .matches(
            "Thread 0x[0-9a-f]{16} \\[a thread with a name](, attached)? \\(most recent call first\\):");
    assertThat(printed)
        .endsWith(
            """
              File "<string>", line 3 in inner
              File "<string>", line 6 in C.outer
              File "<string>", line 7 in <module>
            """);
  }

  @Test
  void threadsThatPythonStarted() throws Exception {
    python.run(
        """
        ids = []
        def work():
            ids.append((threading.get_ident(), threading.get_native_id()))
            started.put(1)
            time.sleep(1e9)
        for i in range(3):
            threading.Thread(target=work, name=f'worker {i}').start()
        """);
    for (int i = 0; i < 3; i++) {
      started.get();
    }
    StackDump dump = python.dumpStack();
    assertThat(dump.threads()).hasSize(3);
    for (PythonThread thread : dump.threads()) {
      assertThat(thread.thread()).isNull();
      assertThat(thread.name()).isNotEqualTo("?");
      assertThat(thread.frames())
          .anyMatch(frame -> frame.function().equals("work") && frame.line() >= 4)
          .anyMatch(frame -> frame.function().equals("Thread._bootstrap"));
    }
    List<List<Long>> ids = new ArrayList<>();
    dump.threads().forEach(thread -> ids.add(List.of(thread.id(), thread.nativeId())));
    assertThat(python.eval("ids", new TypeToken<List<List<Long>>>() {})).hasSameElementsAs(ids);
  }

  /** The thread in question is not in Python then. */
  @Test
  void aCallbackSeesItself() {
    List<StackDump> dumps = new ArrayList<>();
    python.set("look", (Runnable) () -> dumps.add(python.dumpStack()));
    python.run("def f():\n    look()\n\nf()");
    assertThat(dumps).hasSize(1);
    PythonThread self = dumps.get(0).threads().get(0);
    assertThat(self.thread()).isSameAs(Thread.currentThread());
    assertThat(self.attached()).isFalse();
    assertThat(self.frames())
        .containsExactly(new Frame("<string>", 2, "f"), new Frame("<string>", 4, "<module>"));
  }

  /** CPython calls an __init__ in its own way when it has seen the same a few times. */
  @Test
  void framesThatCPythonMakesUpAreNotShown() {
    List<StackDump> dumps = new ArrayList<>();
    python.set("look", (Runnable) () -> dumps.add(python.dumpStack()));
    python.run(
        """
        class C:
            def __init__(self): self.x = 1; look()
        def generate():
            yield C()
        for i in range(50): C()
        for i in range(50): list(generate())
        """);
    assertThat(dumps).hasSize(100);
    Frame init = new Frame("<string>", 2, "C.__init__");
    Frame generator = new Frame("<string>", 4, "generate");
    assertThat(dumps.subList(0, 50))
        .allSatisfy(
            dump ->
                assertThat(dump.threads().get(0).frames())
                    .containsExactly(init, new Frame("<string>", 5, "<module>")));
    assertThat(dumps.subList(50, 100))
        .allSatisfy(
            dump ->
                assertThat(dump.threads().get(0).frames())
                    .containsExactly(init, generator, new Frame("<string>", 6, "<module>")));
  }

  @Test
  void anAttachedThreadMayLook() {
    List<StackDump> dumps = new ArrayList<>();
    python.set("look", (Runnable) () -> dumps.add(python.dumpStack()));
    Attachment attachment = python.attach();
    try {
      assertThat(python.dumpStack().threads()).isEmpty();
      python.run("look()");
    } finally {
      attachment.close();
    }
    assertThat(dumps.get(0).threads()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "legacy"})
  void interpretersThatShareAGil(String kind) throws Exception {
    boolean main = kind.equals("main");
    Interpreter sharing =
        prepared(main ? Interpreters.getMain() : Interpreters.create(InterpreterConfig.legacy()));
    try {
      Thread thread = running(sharing, NESTED.formatted("while True: pass"), 3);
      assertNested(sharing.dumpStack(), thread);
      sharing.interrupt();
      thread.join();
    } finally {
      if (!main) {
        sharing.close(GRACE);
      }
    }
  }

  @Test
  void ofDeepRecursionTheInnermostFrames() throws Exception {
    running(
        python,
        """
        sys.setrecursionlimit(100_000)
        def deep(n):
            if n == 0:
                started.put(1)
                time.sleep(1e9)
            deep(n - 1)
        deep(5000)
        """,
        5);
    PythonThread thread = python.dumpStack().threads().get(0);
    assertThat(thread.complete()).isFalse();
    assertThat(thread.frames()).hasSize(1024);
    assertThat(thread.frames().get(0)).isEqualTo(new Frame("<string>", 5, "deep"));
    assertThat(thread.frames().subList(1, 1024)).containsOnly(new Frame("<string>", 6, "deep"));
    assertThat(thread.toString()).endsWith("  ...\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "é", "€uro", "egg 🥚", "", "a\nline"})
  void namesOfAllKinds(String name) {
    List<StackDump> dumps = new ArrayList<>();
    python.set("look", (Runnable) () -> dumps.add(python.dumpStack()));
    python.set("name", name);
    python.run(
        """
        def f(): look()
        code = f.__code__.replace(co_filename=name, co_name=name, co_qualname=name)
        exec(code, {'look': look})
        """);
    Frame innermost = innermost(dumps.get(0));
    assertThat(innermost).isEqualTo(new Frame(name, 1, name));
  }

  @Test
  void ofALongNameTheBeginning() {
    List<StackDump> dumps = new ArrayList<>();
    python.set("look", (Runnable) () -> dumps.add(python.dumpStack()));
    python.run("exec(compile('look()', 'x' * 100_000, 'exec'))");
    String file = innermost(dumps.get(0)).file();
    assertThat(file).matches("x{500}");
  }

  /** Python knows its lines by a compressed table, with a form for each distance. */
  @Test
  void linesAreThoseThatPythonSays() {
    List<List<Long>> lines = new ArrayList<>();
    LongConsumer look =
        expected -> lines.add(List.of(expected, (long) innermost(python.dumpStack()).line()));
    python.set("look", look);
    python.run(
        """
        import random
        random.seed(20)
        def code():
            for i in range(120):
                yield random.choice([
                    'look(at())', 'x = [look(at()) for i in range(2)]', 'x = (1,\\n\\n\\nlook(at()),\\n2)',
                    'x = ' + ' ' * random.randrange(300) + 'look(at())', 'with_ = lambda: look(at())\\nwith_()',
                    'if look(at()): pass\\nelse: look(at())',
                    'try:\\n  look(at())\\n  1 / 0\\nexcept ZeroDivisionError:\\n  look(at())',
                ]) + '\\n' * random.choice([1, 1, 2, 3, 40, 5000])
        def at(f=sys._getframe): return f(1).f_lineno
        source = ''.join(code())
        exec(compile(source, 'generated', 'exec'), {'look': look, 'at': at})
        exec('def function():\\n' + ''.join('  ' + line + '\\n' for line in source.split('\\n'))
             + '\\nfunction()', {'look': look, 'at': at})
        """);
    assertThat(lines).hasSizeGreaterThan(200);
    assertThat(lines).allSatisfy(pair -> assertThat(pair.get(1)).isEqualTo(pair.get(0)));
  }

  @Test
  void aClosedOneHasNone() {
    python.close();
    assertThatThrownBy(python::dumpStack).isInstanceOf(InterpreterClosedException.class);
  }

  /** Threads that start and end, calls that come and go, an interpreter that closes. */
  @Test
  void nothingThatHappensMeanwhileMatters() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int round = 0; round < 8; round++) {
      over.set(false);
      Interpreter busy = prepared(Interpreters.create());
      busy.run(
          """
          def recurse(n): return n if n == 0 else recurse(n - 1)
          def start():
              thread = threading.Thread(target=recurse, args=(50,))
              thread.start()
              thread.join()
          """);
      threads.clear();
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      threads.add(repeat(over, failure, () -> busy.call("recurse", 100)));
      threads.add(repeat(over, failure, () -> new Thread(() -> runToItsEnd(busy, "1")).start()));
      threads.add(repeat(over, failure, () -> busy.call("start")));
      threads.add(repeat(over, failure, busy::dumpStack));
      threads.add(repeat(over, failure, busy::dumpStack));
      TimeUnit.MILLISECONDS.sleep(500);
      over.set(true);
      closeWhenItMay(busy);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failure).isNotDone();
    }
  }

  private static void closeWhenItMay(Interpreter interpreter) throws InterruptedException {
    while (!interpreter.isClosed()) {
      try {
        interpreter.close();
      } catch (RuntimeException busy) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** Until it is over; whoever looks goes on until the interpreter is closed. */
  private static Thread repeat(
      AtomicBoolean over, CompletableFuture<Throwable> failure, Runnable task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  task.run();
                }
                task.run();
              } catch (InterpreterClosedException expected) {
                // in the end
              } catch (Throwable unexpected) {
                failure.complete(unexpected);
              }
            });
    thread.start();
    return thread;
  }
}
