package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.util.List;

/** Code that wants more memory than it may have gets a MemoryError, and the interpreter goes on. */
final class MemoryLimits extends Work {
  private static final long LIMIT = 24 << 20;
  private static final InterpreterConfig LIMITED =
      InterpreterConfig.isolated().toBuilder().memoryLimit(LIMIT).build();

  private static final List<String> GREEDY =
      List.of(
          "while True: kept.append([0] * 100)",
          "while True: kept.append(object())",
          "kept.append('x' * 10**10)",
          "kept = bytearray()\nwhile True: kept += bytes(100_000)",
          "kept = {}\nfor n in range(10**9): kept[n] = str(n)",
          "kept = 'x'\nwhile True: kept += kept",
          "try:\n  while True: kept.append([0] * 100)\nexcept MemoryError:\n  kept.append([0] * 10)\n"
              + "  raise");

  @Override
  void step() {
    try (Interpreter python = Interpreters.create(LIMITED)) {
      for (int i = 0; i < 3; i++) {
        python.run("kept = []");
        String code = GREEDY.get(random.nextInt(GREEDY.size()));
        PythonException refused =
            catchThrowableOfType(PythonException.class, () -> python.run(code));
        assertThat(refused).as(code).isNotNull().hasMessageContaining("memoryLimit");
        assertThat(refused.typeName()).isEqualTo("MemoryError");
        python.run("kept = None");
        assertThat(python.eval("sum(range(1000))")).isEqualTo(499_500L);
        assertThat(python.memory().peakBytes()).isLessThanOrEqualTo(LIMIT);
        progress(1);
      }
    }
  }
}
