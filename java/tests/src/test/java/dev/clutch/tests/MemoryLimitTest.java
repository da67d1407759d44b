package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterException;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.PythonException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Python code that wants too much memory. */
@Tag("jni")
@Timeout(120)
class MemoryLimitTest {
  private static final long LIMIT = 48 << 20;

  private static final InterpreterConfig LIMITED =
      InterpreterConfig.isolated().toBuilder()
          .memoryLimit(LIMIT)
          .stderr(Output.lines(line -> {}))
          .build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x' * 10**10",
        "kept = []\nwhile True: kept.append(object())",
        "kept = []\nwhile True: kept.append(bytearray(100_000))",
        "kept = {}\nfor i in range(10**9): kept[i] = str(i)",
        "kept = 'abc'\nwhile True: kept = kept + kept.upper()",
        "kept = 1\nwhile True: kept = kept << kept.bit_length()",
        "kept = ['lol']\nfor _ in range(60): kept = [kept] * 10\n"
            + "import json\njson.dumps(kept)",
        "kept = ['lol']\nfor _ in range(60): kept = [kept] * 10\nrepr(kept)",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(x): return f(x + [1])\nf([])",
        "kept = []\nwhile True: kept.append(type('T', (), {}))",
        "import collections\nkept = collections.deque()\nwhile True: kept.append({})",
        "import re\nre.compile('a' * 10**7)",
        "exec('x = [' + '1,' * 10**7 + ']')",
        "sorted(range(10**8))",
        "b''.join([b'x' * 1000] * 10**7)",
        "'%0*d' % (10**9, 1)",
      })
  void itIsBounded(String code) {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      PythonException refused = catchThrowableOfType(PythonException.class, () -> python.run(code));
      assertThat(refused).isNotNull();
      assertThat(refused.typeName()).isEqualTo("MemoryError");
      assertThat(refused).hasMessageContaining("memoryLimit of " + LIMIT + " bytes");
      python.run("kept = None\nimport gc\ngc.collect()");
      assertThat(python.eval("sum(range(1000))")).isEqualTo(499500L);
      python.run("import string");
      assertThat(python.memory().peakBytes()).isLessThanOrEqualTo(LIMIT);
      assertThat(python.memory().limitBytes()).isEqualTo(LIMIT);
    }
  }

  /** CPython's own bounds come first. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "import sys\nsys.setrecursionlimit(10**9)\n"
            + "class A:\n  def __repr__(self): return repr([self])\nrepr(A())",
        "import sys\nsys.setrecursionlimit(10**9)\n"
            + "class A:\n  def __getattr__(self, n): return getattr(self, n + 'a')\nA().x",
        "def g():\n  yield from g()\nfor x in g(): pass",
        "exec('(' * 10**5 + ')' * 10**5)",
        "import json\ntext = '[' * 10**6 + ']' * 10**6\nresult = json.loads(text)\n"
            + "raise RecursionError",
      })
  void endlessRecursionIsBounded(String code) {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      PythonException refused = catchThrowableOfType(PythonException.class, () -> python.run(code));
      assertThat(refused.typeName()).isIn("MemoryError", "RecursionError", "SyntaxError");
      python.run("text = result = None");
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void codeThatHandlesItHasMemoryForThat() {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      python.run(
          """
          kept = []
          said = None
          try:
              while True:
                  kept.append([0] * 10)
          except MemoryError as error:
              import traceback
              said = ''.join(traceback.format_exception(error))
          """);
      assertThat(python.get("said")).asString().contains("MemoryError");
    }
  }

  /** Only a call of Java's gets it to let go of what it has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "kept = []\ndef f():\n  try:\n    while True: kept.append([0] * 100)\n"
            + "  except MemoryError:\n    f()\nf()",
        "kept = []\nfor _ in range(1000):\n  try:\n    while True: kept.append([0] * 100)\n"
            + "  except MemoryError: pass\nraise MemoryError",
      })
  void itStaysUsableAfterCodeThatUsedUpTheReserve(String code) {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      assertThatThrownBy(() -> python.run(code)).isInstanceOf(PythonException.class);
      python.run("kept = None");
      python.run("import string");
      assertThat(python.memory().peakBytes()).isLessThanOrEqualTo(LIMIT);
    }
  }

  /**
   * Code that was compiled before asks for nothing else, so nothing tells that there is room again.
   */
  @Test
  void whatIsRefusedFirstAfterMemoryWasUsedUpNamesTheLimitToo() {
    String large = "kept.append('x' * 10**10)";
    try (Interpreter python = Interpreters.create(LIMITED)) {
      for (String code : List.of(large, "while True: kept.append([0] * 100)", large)) {
        python.run("kept = []");
        assertThatThrownBy(() -> python.run(code)).hasMessageContaining("memoryLimit");
        python.run("kept = None");
      }
    }
  }

  /** All of them are there before the memory is used up: without any, CPython waits for ever. */
  @Test
  void threadsShareIt() {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      python.run(
          """
          import threading
          kept = []
          ended = []
          go = threading.Event()
          def fill():
              go.wait()
              try:
                  while True:
                      kept.append([0] * 100)
              except MemoryError:
                  ended.append(1)
          threads = [threading.Thread(target=fill) for _ in range(4)]
          for each in threads: each.start()
          go.set()
          for each in threads: each.join()
          """);
      python.run("kept = None");
      assertThat(python.eval("len(ended)")).isEqualTo(4L);
      assertThat(python.memory().peakBytes()).isLessThanOrEqualTo(LIMIT);
    }
  }

  @Test
  void othersHaveTheirOwn() {
    InterpreterConfig less = LIMITED.toBuilder().memoryLimit(16 << 20).build();
    try (Interpreter small = Interpreters.create(less);
        Interpreter large = Interpreters.create(LIMITED);
        Interpreter free = Interpreters.create()) {
      assertThatThrownBy(() -> small.run("x = bytes(20_000_000)"))
          .isInstanceOf(PythonException.class);
      large.run("x = bytes(20_000_000)");
      free.run("x = bytes(80_000_000)");
    }
  }

  @Test
  void aMemoryErrorOfTheCodesOwnSaysWhatItSays() {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      assertThatThrownBy(() -> python.run("raise MemoryError('mine')"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("mine");
    }
  }

  @Test
  void oneThatIsTooSmallIsRefused() {
    InterpreterConfig small = LIMITED.toBuilder().memoryLimit(1 << 20).build();
    assertThatThrownBy(() -> Interpreters.create(small))
        .isInstanceOf(InterpreterException.class)
        .hasMessageContaining("memoryLimit");
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> LIMITED.toBuilder().memoryLimit(-1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> InterpreterConfig.legacy().toBuilder().memoryLimit(LIMIT).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("useMainObmalloc");
  }

  @Test
  void aTimeLimitGoesWithIt() {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      assertThatThrownBy(
              () ->
                  python
                      .withTimeout(Duration.ofSeconds(60))
                      .run("kept = []\nwhile True: kept.append(object())"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("memoryLimit");
    }
  }
}
