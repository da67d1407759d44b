package dev.clutch.checker.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many interpreters import a module. */
class RoundsTest {
  private static final int AT_ONCE = 4;

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void eachRoundHasNewInterpreters(String python, @TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("counted.py"),
        """
        with open(__file__ + ".count", "a") as file:
            file.write("x")
        """);
    Path count = folder.resolve("counted.py.count");
    try (InstalledProbe probe = InstalledProbe.of(python)) {
      assertThat(probe.ask(question(folder, Stage.AGAIN, 0)).outcome()).isEqualTo(Outcome.OK);
      assertThat(count).hasSize(Question.FEWEST_ROUNDS);
      Files.delete(count);
      assertThat(probe.ask(question(folder, Stage.PARALLEL, 5)).outcome()).isEqualTo(Outcome.OK);
      assertThat(count).hasSize(5 * AT_ONCE);
    }
  }

  private static Question question(Path folder, Stage stage, int rounds) {
    return new Question("counted", stage, List.of(folder), Optional.empty(), rounds, Probes.LONG);
  }
}
