package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyObject;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** What the tests of values share: an interpreter, and ways to say what a value is in Python. */
@Tag("jni")
abstract class ValuesFixture {
  static final String HELPERS =
      """
      def echo(x):
          return x

      def through(f, *args):
          return f(*args)

      def kind(x):
          return type(x).__module__ + "." + type(x).__qualname__

      def same(x, expression):
          expected = eval(expression)
          return type(x) is type(expected) and x == expected
      """;

  static Interpreter python;

  @BeforeAll
  static void createInterpreter() {
    python = Interpreters.create();
    python.run(HELPERS);
  }

  @AfterAll
  static void closeInterpreter() {
    python.close();
  }

  static @Nullable Object echo(@Nullable Object value) {
    return python.call("echo", value);
  }

  static void assertIs(@Nullable Object value, String expression) {
    assertThat(python.call("same", value, expression))
        .describedAs("a %s shall be %s", python.call("kind", value), expression)
        .isEqualTo(true);
  }

  static void assertStays(Object value) {
    assertThat(echo(value)).isExactlyInstanceOf(value.getClass()).isEqualTo(value);
  }

  static void assertIsObject(String expression, String type) {
    try (PyObject object = (PyObject) python.eval(expression)) {
      assertThat(python.call("kind", object)).isEqualTo(type);
    }
  }

  /** Some bytes, the same each time. */
  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }
}
