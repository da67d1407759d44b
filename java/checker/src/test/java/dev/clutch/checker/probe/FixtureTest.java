package dev.clutch.checker.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.probe.Loaded.Definition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every stage finds of every fixture what it shows. */
@Tag("verdicts")
class FixtureTest {
  private static final Stage[] STAGES = Stage.values();

  /** Module, and how MAIN, OWN, LEGACY, AGAIN and PARALLEL end; - is not asked. */
  private static final String ON_ALL =
      """
      single_phase       OK      REFUSED OK      -       -
      no_slot            OK      REFUSED OK      -       -
      slot_not_supported OK      REFUSED OK      -       -
      slot_supported     OK      REFUSED OK      -       -
      slot_own_gil       OK      OK      OK      OK      OK
      own_gil_racing     OK      OK      OK      OK      CRASHED
      init_raises        RAISED  RAISED  RAISED  RAISED  RAISED
      init_aborts        CRASHED CRASHED CRASHED CRASHED CRASHED
      init_segfaults     CRASHED CRASHED CRASHED CRASHED CRASHED
      init_loops         HANGED  HANGED  HANGED  -       HANGED
      leaks              OK      OK      OK      OK      OK
      needs_library      RAISED  RAISED  RAISED  RAISED  RAISED
      fails_again        OK      OK      OK      RAISED  RAISED
      exits              CRASHED CRASHED CRASHED CRASHED CRASHED
      gilstate_callback  OK      OK      OK      CRASHED CRASHED
      module_export      RAISED  RAISED  RAISED  RAISED  RAISED
      falls_back         OK      OK      OK      OK      OK
      """;

  private static final String ON_3_12 =
      """
      single_phase_raises RAISED RAISED  RAISED  -       -
      circular_package    OK     REFUSED OK      -       -
      """;

  /** There init functions run in the main interpreter first. */
  private static final String LATER =
      """
      single_phase_raises RAISED CRASHED RAISED  CRASHED CRASHED
      circular_package    OK     CRASHED RAISED  CRASHED CRASHED
      """;

  private static String expected(String version) {
    return ON_ALL + (version.equals("3.12") ? ON_3_12 : LATER);
  }

  private static List<Stage> asked(String row) {
    String[] words = row.split(" +");
    return IntStream.range(0, STAGES.length)
        .filter(i -> !words[i + 1].equals("-"))
        .mapToObj(i -> STAGES[i])
        .toList();
  }

  private static String outcomes(String row) {
    return Arrays.stream(row.split(" +"))
        .filter(word -> !word.equals("-"))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void everyStageEndsAsItShould(String version) throws Exception {
    List<String> rows = expected(version).lines().toList();
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<List<Future<Outcome>>> asked =
            rows.stream().map(row -> askAll(pool, probe, row)).toList();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          found.add(describe(rows.get(i), asked.get(i)));
        }
        assertThat(found)
            .containsExactlyElementsOf(rows.stream().map(FixtureTest::outcomes).toList());
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static List<Future<Outcome>> askAll(ExecutorService pool, Probe probe, String row) {
    return asked(row).stream()
        .map(stage -> pool.submit(() -> probe.ask(Probes.question(module(row), stage)).outcome()))
        .toList();
  }

  private static String describe(String row, List<Future<Outcome>> outcomes) throws Exception {
    StringBuilder found = new StringBuilder(module(row));
    for (Future<Outcome> outcome : outcomes) {
      found.append(' ').append(outcome.get());
    }
    return found.toString();
  }

  private static String module(String row) {
    return row.substring(0, row.indexOf(' '));
  }

  // ---- what modules declare
  // ----------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "single_phase,       false, -1, -1",
    "no_slot,            true,  -1, 0",
    "slot_not_supported, true,   0, 0",
    "slot_supported,     true,   1, 0",
    "slot_own_gil,       true,   2, 0"
  })
  void definitionsAreRead(String module, boolean multiPhase, int interpreters, long size)
      throws InterruptedException {
    for (String version : List.of("3.12", "3.13", "3.14")) {
      try (InstalledProbe probe = InstalledProbe.of(version)) {
        Answer answer = probe.ask(Probes.question(module, Stage.MAIN));
        Loaded loaded = answer.extensions().get(0);
        assertThat(loaded.name()).isEqualTo(module);
        assertThat(loaded.file()).startsWith(Probes.fixtures().resolve(module).toString());
        assertThat(loaded.definition())
            .contains(new Definition(multiPhase, interpreters, -1, size));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void whatIsRefusedIsListedWithWhoAskedForIt(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      Answer refused = probe.ask(Probes.question("falls_back", Stage.OWN));
      Answer loaded = probe.ask(Probes.question("falls_back", Stage.MAIN));
      assertThat(refused.extensions())
          .singleElement()
          .matches(module -> module.name().equals("falls_back.speedups"))
          .matches(module -> module.importers().equals(List.of("falls_back")))
          .matches(module -> module.definition().isEmpty());
      assertThat(loaded.extensions())
          .singleElement()
          .matches(module -> module.definition().isPresent());
    }
  }

  // ---- what is told of failures
  // ------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void anErrorComesWithItsTraceback(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      Answer answer = probe.ask(Probes.question("init_raises", Stage.OWN));
      Answer.PythonError error = answer.error().orElseThrow();
      assertThat(answer.step()).isEqualTo("import");
      assertThat(error.type()).isEqualTo("RuntimeError");
      assertThat(error.message()).isEqualTo("the device is missing");
      assertThat(error.traceback())
          .startsWith("Traceback (most recent call last):\n")
          .endsWith("RuntimeError: the device is missing\n")
          .doesNotContain("clutch-probe");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void aCrashComesWithBothStacks(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      Answer fault = probe.ask(Probes.question("init_segfaults", Stage.OWN));
      Answer abort = probe.ask(Probes.question("init_aborts", Stage.PARALLEL));
      Answer exit = probe.ask(Probes.question("exits", Stage.MAIN));
      assertThat(fault.signal()).isEqualTo(11);
      assertThat(fault.step()).isEqualTo("import");
      assertThat(fault.nativeStack().get(0)).contains("init_segfaults.cpython").doesNotContain("[");
      assertThat(fault.pythonStack()).anyMatch(line -> line.endsWith("in _find_and_load"));
      assertThat(abort.signal()).isEqualTo(6);
      assertThat(abort.output()).contains("assertion failed: the world is flat");
      assertThat(abort.nativeStack()).anyMatch(line -> line.contains("(abort+"));
      assertThat(exit.signal()).isZero();
      assertThat(exit.step()).isEqualTo("import");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void aHangComesWithBothStacks(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      Answer answer = probe.ask(Probes.question("init_loops", Stage.OWN));
      assertThat(answer.step()).isEqualTo("import");
      assertThat(answer.elapsed()).isGreaterThanOrEqualTo(Probes.SHORT);
      assertThat(answer.nativeStack().get(0)).contains("init_loops.cpython");
      assertThat(answer.pythonStack()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void whatRoundsLeaveBehindIsCounted(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      for (Stage stage : List.of(Stage.AGAIN, Stage.PARALLEL)) {
        Answer leaking = probe.ask(Probes.question("leaks", stage));
        Answer tight = probe.ask(Probes.question("slot_own_gil", stage));
        assertThat(leaking.growthPerRound()).isBetween(1L << 19, 3L << 19);
        assertThat(tight.growthPerRound()).isLessThan(1 << 16);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void whatWasBeingImportedIsNamed(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      assertThat(probe.ask(Probes.question("init_segfaults", Stage.OWN)).underWay())
          .hasValueSatisfying(module -> assertThat(module.name()).isEqualTo("init_segfaults"));
      for (String module : List.of("slot_own_gil", "single_phase", "init_raises")) {
        assertThat(probe.ask(Probes.question(module, Stage.OWN)).underWay()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void otherModulesAreListed(String version) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      assertThat(probe.ask(Probes.question("falls_back", Stage.MAIN)).modules())
          .containsExactly("falls_back");
      assertThat(probe.ask(Probes.question("falls_back", Stage.OWN)).modules())
          .containsExactly("falls_back.plain", "falls_back");
    }
  }

  // ---- exercises
  // ---------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void anExerciseRunsInEveryInterpreter(String version, @TempDir Path folder)
      throws IOException, InterruptedException, ExecutionException {
    Path fails = Files.writeString(folder.resolve("fails.py"), "import no_slot_at_all\n");
    Path works =
        Files.writeString(
            folder.resolve("works.py"), "import slot_own_gil\nassert __name__ == '__main__'\n");
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      for (Stage stage : STAGES) {
        Answer failed = probe.ask(Probes.exercise("slot_own_gil", stage, fails));
        Answer worked = probe.ask(Probes.exercise("slot_own_gil", stage, works));
        assertThat(worked.outcome()).isEqualTo(Outcome.OK);
        assertThat(failed.outcome()).isEqualTo(Outcome.RAISED);
        assertThat(failed.step()).isEqualTo("exercise");
        assertThat(failed.error().orElseThrow().traceback()).contains("fails.py\", line 1");
      }
    }
  }
}
