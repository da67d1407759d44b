package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Python exception looks like in Java. */
class ErrorsTest {
  private Interpreter interpreter;

  @BeforeEach
  void create() {
    interpreter = Interpreters.create();
  }

  @AfterEach
  void close() {
    assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    interpreter.close();
  }

  @Test
  void typeMessageAndTraceback() {
    PythonException thrown = thrownBy("def f():\n    raise ValueError('no', 2)\nf()");
    assertThat(thrown.typeName()).isEqualTo("ValueError");
    assertThat(thrown.pythonMessage()).isEqualTo("('no', 2)");
    assertThat(thrown).hasMessage("ValueError: ('no', 2)");
    assertThat(thrown.formattedTraceback())
        .isEqualTo(
            "Traceback (most recent call last):\n"
                + "  File \"<string>\", line 3, in <module>\n"
                + "  File \"<string>\", line 2, in f\n"
                + "ValueError: ('no', 2)\n");
    assertThat(thrown.exitStatus()).isEmpty();
  }

  @Test
  void typesOfModulesAreQualified() {
    assertThat(thrownBy("import json\njson.loads('[')").typeName())
        .isEqualTo("json.decoder.JSONDecodeError");
    assertThat(thrownBy("class Mine(Exception): pass\nraise Mine").typeName()).isEqualTo("Mine");
  }

  @Test
  void pythonFramesAreOnTopOfTheJavaOnes() {
    PythonException thrown =
        thrownBy("class A:\n    def m(self):\n        1 / 0\ndef f():\n    A().m()\nf()");
    StackTraceElement[] frames = thrown.getStackTrace();
    assertThat(Arrays.copyOf(frames, 3))
        .containsExactly(
            new StackTraceElement("__main__", "A.m", "<string>", 3),
            new StackTraceElement("__main__", "f", "<string>", 5),
            new StackTraceElement("__main__", "<module>", "<string>", 6));
    assertThat(frames[3].getClassName()).startsWith("dev.clutch.");
    assertThat(frames).anyMatch(frame -> frame.getClassName().equals(ErrorsTest.class.getName()));
  }

  @Test
  void sourceLinesOfFilesAreShown(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("broken.py"), "x = 1\nx / 0\n");
    PythonException thrown =
        catchThrowableOfType(PythonException.class, () -> interpreter.run(file));
    assertThat(thrown.formattedTraceback())
        .contains("File \"" + file + "\", line 2, in <module>\n    x / 0\n");
  }

  @Test
  void causesNotesAndGroupsAreAllThere() {
    assertThat(thrownBy("try:\n    1 / 0\nexcept Exception as e:\n    raise KeyError('k') from e"))
        .extracting(PythonException::formattedTraceback)
        .asString()
        .contains("ZeroDivisionError: division by zero\n")
        .contains("The above exception was the direct cause of the following exception:")
        .endsWith("KeyError: 'k'\n");
    assertThat(thrownBy("e = ValueError('v')\ne.add_note('a note')\nraise e").formattedTraceback())
        .endsWith("ValueError: v\na note\n");
    assertThat(
            thrownBy("raise ExceptionGroup('both', [ValueError('a'), TypeError('b')])")
                .formattedTraceback())
        .contains("ExceptionGroup: both (2 sub-exceptions)")
        .contains("ValueError: a")
        .contains("TypeError: b");
  }

  @Test
  void aSyntaxErrorHasItsLineAndCaret() {
    PythonException thrown = thrownBy("x = 1\ny = (2 +\n");
    assertThat(thrown.typeName()).isEqualTo("SyntaxError");
    assertThat(thrown.formattedTraceback()).contains("line 2").contains("y = (2 +").contains("^");
  }

  @Test
  void sourceWithANullCharacterIsASyntaxError() {
    assertThat(thrownBy("x = 1\0").typeName()).isEqualTo("SyntaxError");
  }

  @Test
  void sourceWithASurrogateIsAnError() {
    assertThat(thrownBy("x = '\ud800'").typeName()).isEqualTo("UnicodeEncodeError");
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "import sys; sys.exit(3)|SystemExit|3",
        "import sys; sys.exit()|SystemExit|0",
        "import sys; sys.exit('text')|SystemExit|1",
        "raise SystemExit|SystemExit|0",
        "quit()|SystemExit|0",
        "raise KeyboardInterrupt|KeyboardInterrupt|"
      },
      delimiter = '|')
  void whatEndsAProgramIsAnExceptionInJava(String source, String type, Integer status) {
    PythonException thrown = thrownBy(source);
    assertThat(thrown.typeName()).isEqualTo(type);
    assertThat(thrown.exitStatus().isPresent()).isEqualTo(status != null);
    if (status != null) {
      assertThat(thrown.exitStatus()).hasValue(status);
    }
  }

  @Test
  void anExceptionThatCannotDescribeItselfStillArrives() {
    PythonException thrown =
        thrownBy(
            "class Bad(Exception):\n"
                + "    def __str__(self): raise RuntimeError('in str')\n"
                + "    __repr__ = __str__\n"
                + "raise Bad");
    assertThat(thrown.typeName()).isEqualTo("Bad");
    assertThat(thrown.pythonMessage()).isEqualTo("<exception str() failed>");
    assertThat(thrown.formattedTraceback()).contains("Bad: <exception str() failed>");
  }

  @Test
  void anExceptionWithSurrogatesInItsMessageStillArrives() {
    assertThat(thrownBy("raise ValueError('\\ud800 \\0 \\u20ac')").pythonMessage())
        .isEqualTo("\ud800 \0 \u20ac");
  }

  @Test
  void aBrokenTracebackModuleDoesNotHideTheException() {
    PythonException thrown =
        thrownBy("import sys\nsys.modules['traceback'] = None\nraise ValueError('v')");
    assertThat(thrown).hasMessage("ValueError: v");
    assertThat(thrown.formattedTraceback()).isEqualTo("ValueError: v\n");
  }

  @Test
  void aThousandFramesAndMoreAreCutToTheInnermost() {
    PythonException thrown =
        thrownBy(
            "import sys\nsys.setrecursionlimit(5000)\n"
                + "def f(n): return 1 / 0 if n == 0 else f(n - 1)\nf(3000)");
    long python =
        Arrays.stream(thrown.getStackTrace())
            .filter(frame -> frame.getClassName().equals("__main__"))
            .count();
    assertThat(python).isEqualTo(1024);
    assertThat(thrown.formattedTraceback()).contains("[Previous line repeated");
  }

  @Test
  void aJavaExceptionComesBackAsTheCause() {
    IllegalStateException original = new IllegalStateException("from Java");
    interpreter.set(
        "fail",
        (Supplier<Object>)
            () -> {
              throw original;
            });
    PythonException thrown = thrownBy("def f():\n    fail()\nf()");
    assertThat(thrown.getCause()).isSameAs(original);
    assertThat(thrown.typeName()).isEqualTo("clutch.JavaException");
    assertThat(thrown.pythonMessage()).isEqualTo("java.lang.IllegalStateException: from Java");
    assertThat(thrown.formattedTraceback()).contains("aJavaExceptionComesBackAsTheCause");
  }

  @Test
  void pythonCanCatchAJavaException() {
    interpreter.set(
        "fail",
        (Supplier<Object>)
            () -> {
              throw new IllegalStateException("from Java");
            });
    interpreter.run(
        "import clutch\n"
            + "try:\n    fail()\n"
            + "except clutch.JavaException as e:\n"
            + "    caught = [e.java_class, e.java_message, str(e)]\n    kept = e");
    assertThat(interpreter.get("caught"))
        .asInstanceOf(LIST)
        .containsExactly(
            "java.lang.IllegalStateException",
            "from Java",
            "java.lang.IllegalStateException: from Java");
    assertThat(thrownBy("raise kept").getCause()).isInstanceOf(IllegalStateException.class);
    assertThat(thrownBy("raise kept").getCause()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCallableSaysHowManyArgumentsItTakes() {
    interpreter.set("one", (java.util.function.Function<Object, Object>) x -> x);
    assertThat(thrownBy("one()").pythonMessage())
        .isEqualTo("Function of " + getClass().getName() + " takes 1 argument but 0 were given");
    assertThat(thrownBy("one(x=1)").pythonMessage()).contains("no keyword arguments");
  }

  private PythonException thrownBy(String source) {
    PythonException thrown =
        catchThrowableOfType(PythonException.class, () -> interpreter.run(source));
    assertThat(thrown).isNotNull();
    return thrown;
  }
}
