package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Gil;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import java.util.List;

/** Interpreters of all kinds are made, import something, are used, and are closed. */
final class Cycles extends Work {
  private static final List<InterpreterConfig> CONFIGS =
      List.of(
          InterpreterConfig.isolated(),
          InterpreterConfig.legacy(),
          InterpreterConfig.isolated().toBuilder().memoryLimit(128 << 20).build(),
          InterpreterConfig.isolated().toBuilder().gil(Gil.SHARED).build(),
          InterpreterConfig.isolated().toBuilder().allowThreads(false).build());

  private static final List<String> MODULES =
      List.of("sys", "json, re", "asyncio", "decimal, datetime", "sqlite3", "hashlib, zlib");

  @Override
  void step() throws Exception {
    try (Interpreter python = Interpreters.create(pick(CONFIGS))) {
      python.run("import " + pick(MODULES));
      python.run("squares = {n: n * n for n in range(100)}");
      assertThat(python.eval("squares[9]")).isEqualTo(81L);
      if (random.nextBoolean()) {
        assertThat(Background.start(() -> python.call("squares.get", 7)).get()).isEqualTo(49L);
      }
    }
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
