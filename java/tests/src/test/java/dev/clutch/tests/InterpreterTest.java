package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.clutch.Gil;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterException;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import dev.clutch.PythonRuntime;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Creating, using, listing and closing. */
@Tag("jni")
class InterpreterTest {
  @Test
  void createdInterpretersHaveIdsOfTheirOwn() {
    try (Interpreter first = Interpreters.create();
        Interpreter second = Interpreters.create()) {
      assertThat(first.id()).isPositive().isNotEqualTo(second.id());
      assertThat(first.config()).isEqualTo(InterpreterConfig.isolated());
    }
  }

  @Test
  void theMainInterpreterIsListedFirstAndCannotBeClosed() {
    Interpreter main = Interpreters.getMain();
    assertThat(main.id()).isZero();
    assertThat(Interpreters.listAll().get(0)).isSameAs(main);
    assertThat(main.eval("1 + 1")).isEqualTo(2L);
    assertThatThrownBy(main::close)
        .isExactlyInstanceOf(InterpreterException.class)
        .hasMessageContaining("main interpreter");
  }

  @Test
  void listAllShowsWhatIsOpenById() {
    Interpreter closed = Interpreters.create();
    try (Interpreter first = Interpreters.create();
        Interpreter second = Interpreters.create()) {
      closed.close();
      assertThat(Interpreters.listAll())
          .containsSubsequence(Interpreters.getMain(), first, second)
          .doesNotContain(closed)
          .isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
    }
  }

  @Test
  void interpretersThatPythonMadeAreListedButBelongToPython() {
    String module =
        PythonRuntime.start().version().startsWith("3.12.")
            ? "_xxsubinterpreters"
            : "_interpreters";
    Interpreter main = Interpreters.getMain();
    main.run("import " + module + " as made_here\nmade = made_here.create()");
    long id = main.eval("int(made)", Long.class);
    Interpreter foreign =
        Interpreters.listAll().stream().filter(each -> each.id() == id).findFirst().orElseThrow();
    assertThat(foreign.isRunning()).isFalse();
    assertThat(Interpreters.listAll()).contains(foreign);
    assertThatThrownBy(() -> foreign.run("x = 1"))
        .isInstanceOf(InterpreterException.class)
        .hasMessageContaining("made by Python code");
    assertThatThrownBy(foreign::close).isInstanceOf(InterpreterException.class);
    assertThatThrownBy(foreign::dumpStack)
        .isExactlyInstanceOf(InterpreterException.class)
        .hasMessageContaining("cannot be asked for its frames");
    assertThatThrownBy(foreign::interrupt)
        .isExactlyInstanceOf(InterpreterException.class)
        .hasMessageContaining("cannot be interrupted");
    main.run("made_here.destroy(made)");
    assertThat(Interpreters.listAll()).doesNotContain(foreign);
  }

  @Test
  void stateIsKeptBetweenRunsAndNotShared() {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      one.run("x = 41");
      one.run("x += 1");
      assertThat(one.get("x")).isEqualTo(42L);
      assertThatThrownBy(() -> other.get("x"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("name 'x' is not defined");
    }
  }

  @Test
  void aFileRunsInMainWithItsNameAndEncoding(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("latin.py");
    Files.write(
        file,
        "# coding: latin-1\nvalue = ['\u00e9', __file__, __name__]\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run(file);
      assertThat(interpreter.eval("value"))
          .asInstanceOf(LIST)
          .containsExactly("\u00e9", file.toString(), "__main__");
      assertThatThrownBy(() -> interpreter.run(folder.resolve("absent.py")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("absent.py");
    }
  }

  @Test
  void functionsAreFoundInMainInBuiltinsAndInModules() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("class A:\n    @staticmethod\n    def double(x): return x * 2");
      assertThat(interpreter.call("A.double", 21)).isEqualTo(42L);
      assertThat(interpreter.call("len", "four")).isEqualTo(4L);
      assertThat(interpreter.call("os.path:join", "a", "b")).isEqualTo("a/b");
      assertThat(interpreter.call("collections:OrderedDict.fromkeys", "a"))
          .isEqualTo(singleton("a"));
      assertThatThrownBy(() -> interpreter.call("nothing")).hasMessageContaining("nothing");
      assertThatThrownBy(() -> interpreter.call("no_such_module:f"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("No module named 'no_such_module'");
      assertThatThrownBy(() -> interpreter.call("os:nope"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("nope");
      assertThatThrownBy(() -> interpreter.call("")).isInstanceOf(PythonException.class);
    }
  }

  @Test
  void prepareMainBindsAllNamesOrNone() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.prepareMain(Map.of("a", 1, "b", "two"));
      assertThat(interpreter.eval("(a, b)")).asInstanceOf(LIST).containsExactly(1L, "two");
      assertThatThrownBy(() -> interpreter.prepareMain(Map.of("c", 1, "d", new Object())))
          .hasMessageContaining("values[\"d\"]");
      assertThat(interpreter.eval("'c' in globals()")).isEqualTo(false);
    }
  }

  @Test
  void afterCloseEverythingSaysSo() {
    Interpreter interpreter = Interpreters.create();
    interpreter.close();
    interpreter.close();
    assertThat(interpreter.isClosed()).isTrue();
    assertThat(interpreter.isRunning()).isFalse();
    Runnable[] uses = {
      () -> interpreter.run("x = 1"),
      () -> interpreter.eval("1"),
      () -> interpreter.call("len", ""),
      () -> interpreter.get("x"),
      () -> interpreter.set("x", 1),
      () -> interpreter.prepareMain(Map.of()),
      interpreter::interrupt
    };
    for (Runnable use : uses) {
      assertThatThrownBy(use::run)
          .isInstanceOf(InterpreterClosedException.class)
          .hasMessageContaining("id=" + interpreter.id());
    }
  }

  @Test
  void aLegacyInterpreterSharesTheMainGil() {
    try (Interpreter legacy = Interpreters.create(InterpreterConfig.legacy());
        Interpreter isolated = Interpreters.create()) {
      legacy.run("import readline\nx = 1");
      assertThat(legacy.get("x")).isEqualTo(1L);
      assertThatThrownBy(() -> isolated.run("import readline"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("does not support loading in subinterpreters");
    }
  }

  @Test
  void theFieldsOfTheConfigurationReachCPython() {
    InterpreterConfig noThreads =
        InterpreterConfig.isolated().toBuilder().allowThreads(false).build();
    InterpreterConfig forks = InterpreterConfig.legacy().toBuilder().allowFork(false).build();
    try (Interpreter first = Interpreters.create(noThreads);
        Interpreter second = Interpreters.create(forks)) {
      assertThatThrownBy(
              () -> first.run("import threading\nthreading.Thread(target=print).start()"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("thread is not supported");
      assertThatThrownBy(() -> second.run("import os\nos.fork()"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("fork not supported");
      assertThatThrownBy(() -> first.run("import os\nos.execv('/bin/true', ['true'])"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("exec not supported");
      first.run(
          "import subprocess\nassert subprocess.run(['/bin/echo', 'x'], capture_output=True)"
              + ".stdout == b'x\\n'");
    }
  }

  /** It would kill the JVM at its next implicit null check. */
  @Test
  void faulthandlerCannotTakeTheSignalsOfTheJvm() {
    assertThatThrownBy(
            () -> Interpreters.getMain().run("import faulthandler\nfaulthandler.enable(2)"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("the JVM needs");
  }

  @Test
  void whatCPythonForbidsIsRefusedWithTheReason() {
    assertThatThrownBy(
            () ->
                InterpreterConfig.isolated().toBuilder().checkMultiInterpExtensions(false).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("single-phase");
    assertThatThrownBy(() -> InterpreterConfig.legacy().toBuilder().gil(Gil.OWN).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allocator");
  }

  @Test
  void getCurrentTellsWhosePythonCodeCalls() {
    assertThat(Interpreters.getCurrent()).isEmpty();
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      Supplier<Object> current = () -> Interpreters.getCurrent().orElseThrow().id();
      one.set("current", current);
      other.set("current", current);
      other.set("nested", (Supplier<Object>) () -> one.call("current"));
      assertThat(one.call("current")).isEqualTo(one.id());
      assertThat(other.eval("[current(), nested(), current()]"))
          .asInstanceOf(LIST)
          .containsExactly(other.id(), one.id(), other.id());
    }
    assertThat(Interpreters.getCurrent()).isEmpty();
  }

  @Test
  void pythonCodeCanAskWhichInterpreterItIsIn() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import clutch");
      assertThat(interpreter.eval("clutch.get_current().id")).isEqualTo(interpreter.id());
      assertThat(interpreter.eval("clutch.get_current() == clutch.get_current()")).isEqualTo(true);
    }
    assertThat(Interpreters.getMain().eval("__import__('clutch').get_current().id")).isEqualTo(0L);
  }

  @Test
  void valuesKeepTheirTypes() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("def echo(x): return x");
      Object[] values = {
        null,
        true,
        false,
        0L,
        -1L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1.5,
        -0.0,
        Double.NaN,
        Double.NEGATIVE_INFINITY,
        "",
        "a\u0000b",
        "\u00e9",
        "\u20ac",
        "\ud83d\ude00",
        "\ud800"
      };
      for (Object value : values) {
        assertThat(interpreter.call("echo", value)).isEqualTo(value);
      }
      assertThat((byte[]) interpreter.call("echo", new byte[] {0, -1})).containsExactly(0, -1);
      assertThat(interpreter.call("echo", List.of(1, Map.of("k", 2.0))))
          .isEqualTo(List.of(1L, Map.of("k", 2.0)));
      BigInteger big = BigInteger.TWO.pow(200).negate();
      assertThat(interpreter.call("echo", big)).isEqualTo(big);
      assertThat(interpreter.eval("2 ** 63", BigInteger.class)).isEqualTo(BigInteger.TWO.pow(63));
      assertThat(interpreter.eval("7", int.class)).isEqualTo(7);
      assertThatThrownBy(() -> interpreter.eval("2 ** 31", int.class))
          .hasMessageContaining("2147483648");
    }
  }

  @Test
  void whatCannotCrossIsNamedByItsPath() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("deep = []\nfor _ in range(2000): deep = [deep]");
      assertThatThrownBy(() -> interpreter.eval("[0, {'b': [deep]}]"))
          .hasMessageStartingWith("result[1][\"b\"][0][0]")
          .hasMessageContaining("nested deeper than 1000 levels");
      assertThatThrownBy(
              () -> interpreter.call("len", List.of(0, Map.of("b", List.of(new Object())))))
          .hasMessageStartingWith("args[0][1][\"b\"][0] is a java.lang.Object");
      interpreter.run("loop = []\nloop.append(loop)");
      assertThatThrownBy(() -> interpreter.get("loop")).hasMessageContaining("contains itself");
      List<Object> loop = new ArrayList<>();
      loop.add(loop);
      assertThatThrownBy(() -> interpreter.set("loop", loop))
          .hasMessageContaining("contains itself");
      assertThat(interpreter.eval("1")).isEqualTo(1L);
    }
  }

  private static Map<String, Object> singleton(String key) {
    Map<String, Object> map = new HashMap<>();
    map.put(key, null);
    return map;
  }
}
