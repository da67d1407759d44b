package dev.clutch.checker;

import static dev.clutch.checker.CannedProbe.NO_SLOT;
import static dev.clutch.checker.CannedProbe.OWN;
import static dev.clutch.checker.CannedProbe.SINGLE;
import static dev.clutch.checker.CannedProbe.crash;
import static dev.clutch.checker.CannedProbe.growing;
import static dev.clutch.checker.CannedProbe.hang;
import static dev.clutch.checker.CannedProbe.loaded;
import static dev.clutch.checker.CannedProbe.ok;
import static dev.clutch.checker.CannedProbe.raising;
import static dev.clutch.checker.CannedProbe.refusal;
import static dev.clutch.checker.CannedProbe.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Loaded.Definition;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Question;
import dev.clutch.checker.probe.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which verdict follows from which answers, for modules that are known by name. */
class VerdictTest {
  private static final String DEMO = "demo_module";

  @TempDir Path folder;

  private final CannedProbe probe = new CannedProbe("3.14.3");

  private Finding check() throws InterruptedException {
    return check(CheckOptions.defaults());
  }

  private Finding check(CheckOptions options) throws InterruptedException {
    Report report = new Checker(List.of(probe), options).check(List.of(DEMO), CheckProgress.NONE);
    return report.findings().stream()
        .filter(finding -> finding.module().equals(DEMO))
        .findFirst()
        .orElseThrow();
  }

  /** An extension that is built into CPython, so that no file needs to be there. */
  private static Loaded demo(Definition definition) {
    return new Loaded(DEMO, "", List.of(), Optional.of(definition));
  }

  private static void assertVerdict(Finding finding, Verdict verdict, Rule rule) {
    assertThat(finding.verdict()).isEqualTo(verdict);
    assertThat(finding.rule()).isEqualTo(rule);
  }

  @Test
  void ownGilIsWhatDeclaresItAndKeepsItsPromise() throws Exception {
    Finding finding = check(probe.with(DEMO, ok(demo(OWN))));
    assertVerdict(finding, Verdict.OWN_GIL, Rule.OWN_GIL);
    assertThat(finding.remedies()).isEmpty();
    assertThat(probe.asked()).containsExactly(DEMO + " MAIN", DEMO + " OWN", DEMO + " PARALLEL");
    assertThat(finding.evidence()).extracting(Evidence::stage).last().isEqualTo("parallel");
  }

  /** What a process makes when it first imports a module is raced for only then. */
  @Test
  void manyRoundsAreThoseOfManyProcesses() throws Exception {
    probe.with(DEMO, ok(demo(OWN)));
    assertThat(roundsAsked(11)).containsExactly(3, 3, 5);
    assertThat(roundsAsked(3)).containsExactly(3);
  }

  @Test
  void roundsEndWithTheFirstThatFails() throws Exception {
    probe.with(DEMO, Stage.PARALLEL, crash(11, "import", demo(OWN))).with(DEMO, ok(demo(OWN)));
    assertThat(roundsAsked(30)).containsExactly(3);
  }

  private List<Integer> roundsAsked(int rounds) throws InterruptedException {
    probe.questions().clear();
    check(CheckOptions.defaults().withRounds(rounds));
    return probe.questions().stream()
        .filter(question -> question.stage() == Stage.PARALLEL)
        .map(Question::rounds)
        .toList();
  }

  private Finding check(CannedProbe answered) throws InterruptedException {
    assertThat(answered).isSameAs(probe);
    return check();
  }

  @Test
  void sharedGilIsMultiPhaseWithoutSlotThatWorksInALegacyInterpreter() throws Exception {
    probe.with(DEMO, Stage.OWN, refusal(DEMO)).with(DEMO, ok(demo(NO_SLOT)));
    Finding finding = check();
    assertVerdict(finding, Verdict.SHARED_GIL, Rule.NO_SLOT);
    assertThat(finding.remedies().get(0)).contains("legacy()");
    assertThat(finding.remedies()).last().asString().contains("Py_mod_multiple_interpreters");
    assertThat(probe.asked()).doesNotContain(DEMO + " AGAIN", DEMO + " PARALLEL");
  }

  @Test
  void sharedGilIsWhatSaysSo() throws Exception {
    Definition shared = new Definition(true, 1, -1, 0);
    probe.with(DEMO, Stage.OWN, refusal(DEMO)).with(DEMO, ok(demo(shared)));
    assertVerdict(check(), Verdict.SHARED_GIL, Rule.SHARED_SLOT);
  }

  @Test
  void mainOnlyIsWhatDoesNotWorkInALegacyInterpreter() throws Exception {
    probe
        .with(DEMO, Stage.OWN, refusal(DEMO))
        .with(DEMO, Stage.LEGACY, raising(Outcome.RAISED, "import", "ImportError", "no"))
        .with(DEMO, ok(demo(NO_SLOT)));
    assertVerdict(check(), Verdict.MAIN_ONLY, Rule.LEGACY_FAILS);
  }

  @Test
  void mainOnlyIsSinglePhase() throws Exception {
    probe.with(DEMO, Stage.OWN, refusal(DEMO)).with(DEMO, ok(demo(SINGLE)));
    Finding finding = check();
    assertVerdict(finding, Verdict.MAIN_ONLY, Rule.SINGLE_PHASE);
    assertThat(finding.remedies()).anyMatch(remedy -> remedy.contains("PyModuleDef_Init"));
  }

  @Test
  void mainOnlyIsWhatDeclaresIt() throws Exception {
    Definition not = new Definition(true, 0, -1, 0);
    probe.with(DEMO, Stage.OWN, refusal(DEMO)).with(DEMO, ok(demo(not)));
    assertVerdict(check(), Verdict.MAIN_ONLY, Rule.NOT_SUPPORTED);
  }

  @Test
  void mainOnlyIsWhatLacksARefusedExtensionThatSomebodyDoesWithout() throws Exception {
    Answer lacking =
        raising(
            Outcome.RAISED,
            "import",
            "AttributeError",
            "no clock_CAPI",
            refused("_clock", DEMO, "clock"));
    probe
        .with(DEMO, Stage.OWN, lacking)
        .with(DEMO, ok(demo(OWN), loaded("_clock", SINGLE, DEMO, "clock")));
    Finding finding = check();
    assertVerdict(finding, Verdict.MAIN_ONLY, Rule.DEPENDENCY);
    assertThat(finding.importChain()).containsExactly(DEMO, "clock", "_clock");
    assertThat(finding.message()).contains("Needs _clock", "single phase", "no clock_CAPI");
  }

  @Test
  void crashesSaysWhereAndHow() throws Exception {
    probe
        .with(DEMO, Stage.PARALLEL, crash(6, "import"))
        .with(DEMO, Stage.AGAIN, crash(11, "import again"))
        .with(DEMO, ok(demo(OWN)));
    Finding finding = check();
    assertVerdict(finding, Verdict.CRASHES, Rule.CRASH);
    assertThat(finding.message()).contains("SIGSEGV", "import again", "second interpreter");
    assertThat(finding.evidence())
        .last()
        .extracting(Evidence::detail)
        .asString()
        .contains("PyInit_demo+0x1f", "line 1, in <module>", "going down");
  }

  @Test
  void whatCrashesInTheMainInterpreterIsForNone() throws Exception {
    probe.with(DEMO, Stage.MAIN, crash(11, "import"));
    Finding finding = check();
    assertVerdict(finding, Verdict.CRASHES, Rule.CRASH);
    assertThat(finding.remedies().get(0)).startsWith("Keep it out of the process");
  }

  @Test
  void aSinglePhaseModuleMayCrashInALegacyInterpreter() throws Exception {
    probe
        .with(DEMO, Stage.OWN, refusal(DEMO))
        .with(DEMO, Stage.LEGACY, crash(11, "import"))
        .with(DEMO, ok(demo(SINGLE)));
    assertVerdict(check(), Verdict.CRASHES, Rule.CRASH);
  }

  @Test
  void aRefusedModuleMayCrashBeforeItIsRefused() throws Exception {
    probe.with(DEMO, Stage.OWN, crash(6, "import")).with(DEMO, ok(demo(SINGLE)));
    Finding finding = check();
    assertVerdict(finding, Verdict.CRASHES, Rule.CRASH);
    assertThat(finding.message()).contains("SIGABRT");
  }

  @Test
  void aCrashInAnotherModulesImportNamesThat() throws Exception {
    Answer crash = crash(6, "import", demo(OWN), refused("other._core", DEMO, "other"));
    probe.with(DEMO, Stage.OWN, crash).with(DEMO, ok(demo(OWN)));
    Finding finding = check();
    assertVerdict(finding, Verdict.CRASHES, Rule.CRASH);
    assertThat(finding.importChain()).containsExactly(DEMO, "other", "other._core");
    assertThat(finding.message()).startsWith("Needs other._core, whose import is ended by SIGABRT");
  }

  @Test
  void aCrashOfSeveralAtOnceBlamesNobody() throws Exception {
    Answer crash = crash(11, "import", refused("other._core", DEMO, "other"));
    probe.with(DEMO, Stage.PARALLEL, crash).with(DEMO, ok(demo(OWN)));
    assertThat(check().importChain()).isEmpty();
  }

  @Test
  void hangsInTheMainInterpreter() throws Exception {
    probe.with(DEMO, hang("import"));
    assertVerdict(check(), Verdict.HANGS, Rule.HANG);
  }

  @Test
  void brokenNamesTheError() throws Exception {
    probe.with(
        DEMO, raising(Outcome.RAISED, "import", "ModuleNotFoundError", "No module named 'x'"));
    Finding finding = check();
    assertVerdict(finding, Verdict.BROKEN, Rule.BROKEN);
    assertThat(finding.message()).contains("No module named 'x'");
    assertThat(probe.asked()).containsExactly(DEMO + " MAIN");
  }

  @Test
  void wrongAbiIsWhatTheLinkerCannotResolve() throws Exception {
    probe.with(
        DEMO,
        raising(Outcome.RAISED, "import", "ImportError", "x.so: undefined symbol: _PyGen_Send"));
    assertVerdict(check(), Verdict.WRONG_ABI, Rule.WRONG_ABI);
  }

  @Test
  void pureIsAPackageThatLoadsNoExtensionOfItsOwn() throws Exception {
    Loaded foreign = loaded("_struct", OWN, DEMO, "struct");
    probe.with(DEMO, ok(foreign));
    assertVerdict(check(), Verdict.PURE, Rule.PURE);
    assertThat(probe.asked()).containsExactly(DEMO + " MAIN", DEMO + " OWN");
  }

  @Test
  void degradedNamesTheExtensionAndWhoGoesOnWithoutIt() throws Exception {
    String name = DEMO + "._speed";
    Loaded speed = new Loaded(name, "", List.of(DEMO, DEMO + ".api"), Optional.of(SINGLE));
    Loaded gone = refused(name, DEMO, DEMO + ".api");
    probe
        .with(DEMO, Stage.OWN, ok(gone))
        .with(DEMO, ok(speed))
        .with(name, Stage.OWN, refusal(name))
        .with(name, ok(speed));
    Finding finding = check();
    assertVerdict(finding, Verdict.DEGRADED, Rule.DEGRADED);
    assertThat(finding.message()).contains(name, DEMO + ".api");
    assertThat(finding.importChain()).containsExactly(DEMO, DEMO + ".api", name);
  }

  @Test
  void anotherPackagesFallbackIsANote() throws Exception {
    Loaded datetime = loaded("_datetime", SINGLE, DEMO, "datetime");
    probe
        .with(DEMO, Stage.OWN, ok(refused("_datetime", DEMO, "datetime")))
        .with(DEMO, ok(datetime));
    Finding finding = check();
    assertVerdict(finding, Verdict.PURE, Rule.PURE);
    assertThat(finding.notes()).extracting(Note::rule).containsExactly(Rule.DEPENDENCY_DEGRADED);
  }

  @Test
  void aRefusedDependencyGivesItsVerdictWithTheChain() throws Exception {
    Loaded core = loaded("other._core", SINGLE, DEMO, "other");
    Answer refusal = refusal("_core", refused("other._core", DEMO, "other"));
    probe.with(DEMO, Stage.OWN, refusal).with(DEMO, ok(demo(OWN), core));
    Finding finding = check();
    assertVerdict(finding, Verdict.MAIN_ONLY, Rule.DEPENDENCY);
    assertThat(finding.importChain()).containsExactly(DEMO, "other", "other._core");
    assertThat(finding.message()).contains("other._core", "single phase");
    assertThat(probe.asked()).doesNotContain(DEMO + " AGAIN", DEMO + " PARALLEL");
  }

  @Test
  void aRefusalThatThePackageWrapsIsARefusal() throws Exception {
    Loaded core = loaded("other._core", NO_SLOT, DEMO, "other");
    Answer wrapped =
        raising(
            Outcome.RAISED,
            "import",
            "ImportError",
            "cannot start: module other._core does not support loading in subinterpreters");
    probe.with(DEMO, Stage.OWN, wrapped).with(DEMO, ok(core));
    assertVerdict(check(), Verdict.SHARED_GIL, Rule.DEPENDENCY);
  }

  @Test
  void whatWorksOnceOnlyIsForTheMainInterpreter() throws Exception {
    Answer twice = raising(Outcome.RAISED, "import again", "RuntimeError", "twice");
    probe
        .with(DEMO, Stage.PARALLEL, twice)
        .with(DEMO, Stage.AGAIN, twice)
        .with(DEMO, ok(demo(OWN)));
    Finding finding = check();
    assertVerdict(finding, Verdict.MAIN_ONLY, Rule.BROKEN_PROMISE);
    assertThat(finding.message()).contains("RuntimeError: twice");
  }

  @Test
  void whatRacesNeedsASharedGil() throws Exception {
    probe
        .with(DEMO, Stage.PARALLEL, raising(Outcome.RAISED, "import", "RuntimeError", "race"))
        .with(DEMO, ok(demo(OWN)));
    assertVerdict(check(), Verdict.SHARED_GIL, Rule.BROKEN_PROMISE);
  }

  @Test
  void theExerciseIsForInterpretersWithTheirOwnGil() throws Exception {
    Path script = Files.writeString(folder.resolve("exercise.py"), "1 / 0");
    probe
        .with(DEMO, Stage.OWN, raising(Outcome.RAISED, "exercise", "ZeroDivisionError", "by zero"))
        .with(DEMO, ok(demo(OWN)));
    Finding finding = check(CheckOptions.defaults().withExercise(script));
    assertVerdict(finding, Verdict.SHARED_GIL, Rule.EXERCISE_FAILS);
    assertThat(probe.questions())
        .filteredOn(question -> question.exercise().isPresent())
        .extracting(Question::stage)
        .containsExactly(Stage.OWN);
  }

  @Test
  void growthBeyondCPythonsOwnIsAWarning() throws Exception {
    Loaded demo = demo(OWN);
    probe.with(DEMO, Stage.PARALLEL, growing(500_000, demo)).with(DEMO, ok(demo));
    Finding finding = check();
    assertVerdict(finding, Verdict.OWN_GIL, Rule.OWN_GIL);
    assertThat(finding.notes()).extracting(Note::rule).containsExactly(Rule.GROWTH);
    assertThat(finding.notes().get(0).message()).contains("488 KiB");
  }
}
