package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code time.sleep}, which can be interrupted, is else as CPython's. */
@Tag("jni")
@Timeout(60)
class SleepTest extends InterruptFixture {
  @Test
  void sleepIsAsPythons() {
    python.run(
        """
        def error(seconds):
            try:
                time.sleep(seconds)
            except Exception as e:
                return f"{type(e).__name__}: {e}"

        def error_of_a_lock(timeout):
            try:
                __import__("threading").Lock().acquire(timeout=timeout)
            except Exception as e:
                return f"{type(e).__name__}: {e}"
        """);
    assertThat(python.eval("error(-1)")).isEqualTo("ValueError: sleep length must be non-negative");
    assertThat(python.eval("error(-0.5)"))
        .isEqualTo("ValueError: sleep length must be non-negative");
    for (String value : List.of("float('nan')", "1e300", "10 ** 30", "'1'", "[]", "None", "1j")) {
      assertThat((String) python.eval("error(%s)".formatted(value)))
          .as(value)
          .contains("Error: ")
          .isEqualTo(python.eval("error_of_a_lock(%s)".formatted(value)));
    }
    assertThat(python.eval("error(0)")).isNull();
    assertThat(python.eval("error(True)")).isNull();
    assertThat(
            python.eval(
                "(lambda start: [time.sleep(0.05), time.monotonic() - start >= 0.05][1])"
                    + "(time.monotonic())"))
        .isEqualTo(true);
  }

  /** An interpreter that Python code makes has CPython's own sleep. */
  @Test
  void sleepIsPickledByPythonsNameForIt() {
    assertThat(python.eval("time.sleep.__module__")).isEqualTo("time");
    assertThat(python.eval("(lambda p: b'clutch' in p.dumps(time.sleep))(__import__('pickle'))"))
        .isEqualTo(false);
  }
}
