package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.PythonException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a callback throws is an exception in Python, and in Java again. */
class CallbackExceptionTest extends CallbackFixture {
  // -- in Python --

  @Test
  void pythonSeesClassMessageAndStackOfAJavaException() {
    python.set("f", throwing(new IOException("disk full")));
    python.run(
        """
        try:
            f(1)
        except clutch.JavaException as e:
            import traceback
            caught = e
            text = ''.join(traceback.format_exception(e))
        """);
    assertThat(python.eval("caught.java_class, caught.java_message, str(caught)"))
        .isEqualTo(List.of("java.io.IOException", "disk full", "java.io.IOException: disk full"));
    assertThat(python.eval("text"))
        .asString()
        .contains("clutch.JavaException: java.io.IOException: disk full")
        .contains("at dev.clutch.tests.CallbackExceptionTest");
    assertThat(python.eval("isinstance(caught, Exception)")).isEqualTo(true);
    python.run("del caught");
  }

  @Test
  void anExceptionWithoutMessageHasNone() {
    python.set("f", throwing(new IllegalStateException()));
    python.run("try: f(1)\nexcept clutch.JavaException as e: seen = e.java_message, str(e)");
    assertThat(python.eval("seen"))
        .isEqualTo(Arrays.asList(null, "java.lang.IllegalStateException"));
  }

  @Test
  void pythonMayRaiseAJavaExceptionItself() {
    assertThatThrownBy(() -> python.run("raise clutch.JavaException('made up')"))
        .isInstanceOf(PythonException.class)
        .hasNoCause()
        .hasMessageContaining("made up");
    assertThatThrownBy(
            () -> python.run("e = clutch.JavaException('x')\ne._throwable = len\nraise e"))
        .isInstanceOf(PythonException.class)
        .hasNoCause();
  }

  @Test
  void aStackWithoutMeasureKeepsItsEnds() {
    Exception thrown = new Exception("first");
    for (int i = 0; i < 1_000; i++) {
      thrown = new Exception("-".repeat(100), thrown);
    }
    python.set("f", throwing(new IOException("last", thrown)));
    python.run("try: f(1)\nexcept clutch.JavaException as e: note = e.__notes__[0]");
    assertThat(python.eval("note", String.class))
        .hasSizeLessThan(70_000)
        .startsWith("java.io.IOException: last")
        .contains("characters left out")
        .contains("java.lang.Exception: first");
  }

  // -- in Java again --

  @Test
  void theMessageMayContainAnyCharacter() {
    for (String text : List.of("", "\u0000", "\u20ac", "\ud83d\ude00", "\ud800", "%s %d %n{0}")) {
      Exception thrown = new Exception(text);
      python.set("f", throwing(thrown));
      PythonException caught =
          catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
      assertThat(caught).hasCause(thrown);
      assertThat(caught.getCause()).isSameAs(thrown);
      assertThat(caught.pythonMessage()).isEqualTo("java.lang.Exception: " + text);
    }
  }

  @Test
  void uncaughtItIsTheVerySameCause() {
    Exception thrown = new Exception("mine");
    python.set("f", throwing(thrown));
    PythonException caught = catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
    assertThat(caught.getCause()).isSameAs(thrown);
    assertThat(caught.typeName()).isEqualTo("clutch.JavaException");
    assertThat(caught.exitStatus()).isEmpty();
  }

  @Test
  void errorsAreExceptionsInPythonToo() {
    class Exhausted extends VirtualMachineError {
      private static final long serialVersionUID = 1L;
    }
    for (Throwable thrown :
        List.of(
            new Exhausted(), new AssertionError("a"), new LinkageError(), new ThreadDeathLike())) {
      python.set("f", throwing(thrown));
      PythonException caught =
          catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
      assertThat(caught.getCause()).isSameAs(thrown);
    }
  }

  /** Not an Exception, not an Error. */
  private static final class ThreadDeathLike extends Throwable {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aStackOverflowInJavaIsAnExceptionInPython() {
    python.set("f", (Function<Object, Object>) CallbackExceptionTest::overflow);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> python.eval("f(1)"))
          .isInstanceOf(PythonException.class)
          .hasCauseInstanceOf(StackOverflowError.class);
    }
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  private static Object overflow(Object x) {
    return overflowFurther(List.of(x));
  }

  private static Object overflowFurther(Object x) {
    return List.of(overflow(x), x);
  }

  /** An exception that cannot even describe itself. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new UnsupportedOperationException("no message");
    }
  }

  @Test
  void anExceptionThatCannotDescribeItselfIsStillTheCause() {
    Mute thrown = new Mute();
    python.set("f", throwing(thrown));
    PythonException caught = catchThrowableOfType(PythonException.class, () -> python.eval("f(1)"));
    assertThat(caught).isNotNull();
    assertThat(caught.getCause() == thrown).isTrue();
  }

  @Test
  void pythonExceptionsPassThroughJavaAsTheirOwnCause() {
    python.set("again", (Function<Object, Object>) x -> python.eval("1 / 0"));
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> python.eval("again(1)"));
    assertThat(caught.getCause())
        .isInstanceOf(PythonException.class)
        .hasMessage("ZeroDivisionError: division by zero");
  }

  @Test
  void aJavaExceptionRaisedAgainKeepsItsCause() {
    Exception thrown = new Exception("first");
    python.set("f", throwing(thrown));
    python.run(
        """
        def again():
            try:
                f(1)
            except clutch.JavaException as e:
                raise e
        def other():
            try:
                f(1)
            except clutch.JavaException as e:
                raise ValueError('mine') from e
        """);
    assertThatThrownBy(() -> python.call("again")).hasCause(thrown);
    assertThatThrownBy(() -> python.call("other"))
        .isInstanceOf(PythonException.class)
        .hasMessage("ValueError: mine");
  }

  // -- stack traces --

  @Test
  void theStackTraceIsInterleavedInOrder() {
    python.set("f", (Function<Object, Object>) x -> javaInner());
    python.run(
        "def python_inner():\n    return f(1)\ndef python_outer():\n    return python_inner()");
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> javaOuter("python_outer"));
    assertThat(methods(caught))
        .containsSubsequence("javaInner", "python_inner", "python_outer", "javaOuter")
        .containsOnlyOnce("javaInner", "python_inner", "python_outer", "javaOuter");
    assertThat(methods(caught).get(0)).isEqualTo("javaInner");
  }

  private static Object javaInner() {
    throw new IllegalStateException("inner");
  }

  private static @Nullable Object javaOuter(String function) {
    return python.call(function);
  }

  private static List<String> methods(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .map(StackTraceElement::getMethodName)
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .toList();
  }

  @Test
  void theStackTraceIsInterleavedThroughTwoLevels() {
    python.set("lower", (Function<Object, Object>) x -> javaInner());
    python.set("upper", (Function<Object, Object>) x -> javaMiddle());
    python.run(
        "def python_lower():\n    return lower(1)\ndef python_upper():\n    return upper(1)");
    PythonException caught =
        catchThrowableOfType(PythonException.class, () -> javaOuter("python_upper"));
    assertThat(methods(caught))
        .containsSubsequence("javaInner", "python_lower", "javaMiddle", "python_upper", "javaOuter")
        .containsOnlyOnce("javaInner", "python_lower", "javaMiddle", "python_upper", "javaOuter");
    assertThat(caught.getCause()).isInstanceOf(PythonException.class);
    assertThat(caught.getCause().getCause()).isInstanceOf(IllegalStateException.class);
  }

  private static @Nullable Object javaMiddle() {
    return python.call("python_lower");
  }
}
