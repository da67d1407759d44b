package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.PythonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Python prints arrives: whole lines, in order, nothing lost. */
class OutputTest {
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @Test
  void theStreamsOfTheJvmAreTheDefault() {
    run("import sys\nprint('one')\nprint('two', file=sys.stderr)\nsys.stdout.write('three\\n')");

    assertThat(out()).isEqualTo("one\nthree\n");
    assertThat(err()).isEqualTo("two\n");
  }

  @Test
  void linesArriveInOrder() {
    run("for i in range(10000): print(i)");

    assertThat(out().lines().mapToInt(Integer::parseInt)).hasSize(10_000).isSorted();
  }

  @Test
  void linesOfParallelInterpretersStayWhole() throws InterruptedException {
    String code = "for i in range(200): print('%s' * 10000)";
    CountDownLatch ready = new CountDownLatch(2);
    List<Thread> threads = new ArrayList<>();
    for (String letter : List.of("a", "b")) {
      Thread thread =
          new Thread(
              () -> {
                try (Interpreter interpreter = Interpreters.create()) {
                  ready.countDown();
                  ready.await();
                  interpreter.run(code.formatted(letter));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(out().lines())
        .hasSize(400)
        .allSatisfy(line -> assertThat(line).isIn("a".repeat(10_000), "b".repeat(10_000)));
  }

  @Test
  void anUnfinishedLineWaitsForItsEndOrAFlush() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("print('be', end='')");
      assertThat(out()).isEmpty();
      interpreter.run("print('gun', end='', flush=True)");
      assertThat(out()).isEqualTo("begun");
      interpreter.run("print(' and done')\nprint('rest', end='')");
      assertThat(out()).isEqualTo("begun and done\n");
    }
    assertThat(out()).isEqualTo("begun and done\nrest");
  }

  @Test
  void whatIsPrintedAtTheVeryEndArrives() {
    run(
        """
        import atexit
        class Last:
            def __del__(self):
                print('destructor')
        last = Last()
        atexit.register(print, 'exit function')
        print('unfinished ', end='')
        """);

    assertThat(out()).isEqualTo("unfinished exit function\ndestructor\n");
  }

  @ParameterizedTest
  @CsvSource({"'\\ud800', \\ud800", "'\\udcff', \\udcff", "'\\u20ac', \u20ac"})
  void charactersThatUtf8CannotHoldAreEscaped(String literal, String printed) {
    run("print(\"before\", \"" + literal + "\", 'after')");

    assertThat(out()).isEqualTo("before " + printed + " after\n");
  }

  @Test
  void bytesPassUnchanged() {
    run(
        """
        import sys
        print('text ', end='')
        sys.stdout.buffer.write(b'caf\\xc3\\xa9 ')
        sys.stdout.buffer.write(bytearray(b'b\\xff\\n'))
        sys.stdout.buffer.flush()
        """);

    byte[] expected = "text café b?\n".getBytes(StandardCharsets.UTF_8);
    expected[expected.length - 2] = (byte) 0xff;
    assertThat(out.toByteArray()).isEqualTo(expected);
  }

  @Test
  void aLineMayBeLong() {
    run("print('x' * (1 << 20))");

    assertThat(out()).isEqualTo("x".repeat(1 << 20) + "\n");
  }

  @Test
  void threadsOfPythonPrintToo() {
    run(
        """
        import threading
        def work(name):
            for i in range(100): print(f'{name}\\n', end='')
        threads = [threading.Thread(target=work, args=(str(n) * 1000,)) for n in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        """);

    assertThat(out().lines())
        .hasSize(400)
        .allSatisfy(line -> assertThat(line).matches("(\\d)\\1{999}"));
  }

  @Test
  void aStreamTakesTheBytes() {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();

    run(stdout(Output.to(stream)), "print('a €')\nprint('b', end='', flush=True)");

    assertThat(stream.toString(StandardCharsets.UTF_8)).isEqualTo("a €\nb");
    assertThat(out()).isEmpty();
  }

  @Test
  void aConsumerTakesLines() {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());

    run(
        stdout(Output.lines(lines::add)),
        "print('a\\nb')\nprint()\nprint('c', end='', flush=True)\nprint('d')\nprint('e', end='')");

    assertThat(lines).containsExactly("a", "b", "", "cd", "e");
  }

  @Test
  void anOutputTakesWholeLinesAtATime() {
    List<String> pieces = new ArrayList<>();
    Output output = utf8 -> pieces.add(new String(utf8, StandardCharsets.UTF_8));

    run(stdout(output), "print('a', 'b')\nprint('c\\nd', end='')\nprint('e', end='')");

    assertThat(pieces).containsExactly("a b\n", "c\n", "de");
  }

  @Test
  void bothStreamsMayGoToOnePlace() {
    List<String> lines = new ArrayList<>();
    Output output = Output.lines(lines::add);
    InterpreterConfig config =
        InterpreterConfig.isolated().toBuilder().stdout(output).stderr(output).build();

    run(config, "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)");

    assertThat(lines).containsExactly("1", "2", "3");
  }

  @Test
  void anIoExceptionIsAnExceptionInPython() {
    Output full =
        utf8 -> {
          throw new IOException("disk full");
        };

    failsInPython(full, "java.io.IOException: disk full");
  }

  @Test
  void soIsAnythingElseThatAnOutputThrows() {
    Output broken =
        utf8 -> {
          throw new IllegalStateException("broken");
        };

    failsInPython(broken, "java.lang.IllegalStateException: broken");
  }

  private void failsInPython(Output output, String message) {
    try (Interpreter interpreter = Interpreters.create(stdout(output))) {
      interpreter.run(
          """
          import clutch
          try:
              print('lost')
          except clutch.JavaException as e:
              caught = str(e)
          """);
      assertThat(interpreter.get("caught")).isEqualTo(message);
      assertThatThrownBy(() -> interpreter.run("print('lost')"))
          .isInstanceOf(PythonException.class)
          .hasMessage("clutch.JavaException: " + message)
          .rootCause()
          .hasToString(message);
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void anOutputThatThrowsAtTheEndDoesNotKeepTheInterpreterOpen() {
    Output broken =
        utf8 -> {
          throw new IllegalStateException("broken");
        };
    Interpreter interpreter = Interpreters.create(stdout(broken));
    interpreter.run("print('unfinished', end='')");

    interpreter.close();

    assertThat(interpreter.isClosed()).isTrue();
    assertThat(Interpreters.listAll()).doesNotContain(interpreter);
  }

  @Test
  void anOutputMayUseItsInterpreter() {
    List<Object> seen = new ArrayList<>();
    AtomicReference<Interpreter> self = new AtomicReference<>();
    Output output = Output.lines(line -> seen.add(self.get().eval("'" + line + "' * 2")));
    try (Interpreter interpreter = Interpreters.create(stdout(output))) {
      self.set(interpreter);
      interpreter.run("print('ab')");
    }

    assertThat(seen).containsExactly("abab");
  }

  @Test
  void whatPythonMakesOfItsStreamsIsRespected() {
    run(
        """
        import contextlib, io, sys
        buffer = io.StringIO()
        with contextlib.redirect_stdout(buffer):
            print('redirected')
        stdout, sys.stdout = sys.stdout, io.StringIO()
        print('kept')
        replaced, sys.stdout = sys.stdout, stdout
        assert sys.stdout is sys.__stdout__
        print(repr(buffer.getvalue() + replaced.getvalue()))
        """);

    assertThat(out()).isEqualTo("'redirected\\nkept\\n'\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sys.stdout = None", "del sys.stdout", "sys.stdout = object()"})
  void aMissingStreamDoesNotMatter(String statement) {
    assertThat(run("import sys\n" + statement + "\n1 + 1")).isTrue();
  }

  @Test
  void theStandardLibraryFindsTheStreams() {
    run(
        """
        import logging, traceback, warnings
        logging.basicConfig(format='%(levelname)s %(message)s')
        logging.warning('from logging')
        warnings.warn('from warnings')
        try:
            1 / 0
        except ZeroDivisionError:
            traceback.print_exc()
        """);

    assertThat(err())
        .startsWith("WARNING from logging\n")
        .contains("UserWarning: from warnings\n")
        .endsWith("ZeroDivisionError: division by zero\n");
  }

  @Test
  void theStreamsAreTextStreamsWithoutAFile() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import io, sys");
      assertThat(interpreter.eval("isinstance(sys.stdout, io.TextIOBase)")).isEqualTo(true);
      assertThat(interpreter.eval("sys.stdout.isatty() or sys.stdout.closed")).isEqualTo(false);
      assertThat(interpreter.eval("sys.stdout.writable()")).isEqualTo(true);
      assertThat(interpreter.eval("[sys.stdout.encoding, sys.stdout.errors]"))
          .isEqualTo(List.of("utf-8", "backslashreplace"));
      assertThat(interpreter.eval("[sys.stdout.name, sys.stderr.name]"))
          .isEqualTo(List.of("<stdout>", "<stderr>"));
      assertThatThrownBy(() -> interpreter.eval("sys.stdout.fileno()"))
          .hasMessageStartingWith("io.UnsupportedOperation");
      assertThatThrownBy(() -> interpreter.run("sys.stdout.write(b'bytes')"))
          .hasMessage("TypeError: write() argument must be str, not bytes");
    }
  }

  @Test
  void subprocessesAreCaptured() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import subprocess");
      assertThat(interpreter.eval("subprocess.run(['echo', 'x'], capture_output=True).stdout"))
          .isEqualTo(new byte[] {'x', '\n'});
      assertThat(interpreter.eval("subprocess.check_output('echo $((6 * 7))', shell=True, text=1)"))
          .isEqualTo("42\n");
    }
  }

  @Test
  void theMainInterpreterPrintsToo() {
    Interpreters.getMain().run("print('from main')");

    assertThat(out()).isEqualTo("from main\n");
  }

  @Test
  void aSlowOutputDoesNotHoldTheGil() throws InterruptedException {
    CountDownLatch printing = new CountDownLatch(1);
    CountDownLatch evaluated = new CountDownLatch(1);
    Output slow =
        utf8 -> {
          printing.countDown();
          try {
            evaluated.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    Interpreter interpreter = Interpreters.create(stdout(slow));
    Thread printer = new Thread(() -> interpreter.run("print('x')"));
    printer.start();
    printing.await();

    assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);

    evaluated.countDown();
    printer.join();
    interpreter.close(Duration.ofSeconds(10));
  }

  private static InterpreterConfig stdout(Output output) {
    return InterpreterConfig.isolated().toBuilder().stdout(output).build();
  }

  private static boolean run(String source) {
    return run(InterpreterConfig.isolated(), source);
  }

  /** Runs the source in an interpreter, and closes it. */
  private static boolean run(InterpreterConfig config, String source) {
    Interpreter interpreter = Interpreters.create(config);
    try (interpreter) {
      interpreter.run(source);
    }
    return interpreter.isClosed();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
