package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Two interpreters for the tests of a class, with functions that call what Java gives them. */
@Tag("jni")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class CallbackFixture {
  static Interpreter python;
  static Interpreter other;

  @BeforeAll
  static void createInterpreters() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.run(
          """
          import clutch
          def call(f, *args, **kwargs):
              return f(*args, **kwargs)
          def deep(levels):
              value = []
              for _ in range(levels): value = [value]
              return value
          """);
    }
  }

  @AfterAll
  static void closeInterpreters() {
    python.close();
    other.close(Duration.ofSeconds(10));
  }

  /** A callback that throws, whatever it is. */
  static Function<Object, Object> throwing(Throwable thrown) {
    return x -> CallbackFixture.<RuntimeException>sneaky(thrown);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> Object sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
