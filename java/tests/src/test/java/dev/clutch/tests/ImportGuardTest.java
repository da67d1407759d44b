package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.clutch.ImportGuard;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Policy;
import dev.clutch.PythonException;
import dev.clutch.PythonRuntime;
import dev.clutch.spi.VerdictStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extension modules that are refused before their init function runs. */
class ImportGuardTest {
  private static final Path FIXTURES = Path.of(System.getProperty("clutch.fixtures"));

  /** Single-phase; its init function raises, which ends the process of CPython 3.13 and 3.14. */
  private static final String RAISES = "single_phase_raises";

  private static final String GOOD = "slot_own_gil";

  private static final String MINOR =
      PythonRuntime.start().version().replaceFirst("\\.[0-9]+[a-z0-9]*$", "");

  @TempDir private Path folder;

  @BeforeEach
  void copyExtensions() throws IOException {
    install(RAISES, "");
    install(GOOD, "");
  }

  /** Puts one of native/fixtures into a package of the folder. */
  private Path install(String extension, String subfolder) throws IOException {
    Path to = Files.createDirectories(folder.resolve(subfolder));
    String built = extension + ".cpython-" + MINOR.replace(".", "") + "-x86_64-linux-gnu.so";
    return Files.copy(FIXTURES.resolve(built), to.resolve(extension + ".abi3.so"));
  }

  private void write(String file, String text) throws IOException {
    Path to = folder.resolve(file);
    Files.createDirectories(to.getParent());
    Files.writeString(to, text);
  }

  private Interpreter create(InterpreterConfig config) {
    Interpreter python = Interpreters.create(config);
    python.run("import sys");
    python.call("sys:path.insert", 0, folder.toString());
    return python;
  }

  private Interpreter create() {
    return create(InterpreterConfig.isolated());
  }

  private static String refusal(Interpreter python, String code) {
    PythonException refused = catchThrowableOfType(PythonException.class, () -> python.run(code));
    assertThat(refused).as(code).isNotNull();
    return refused.getMessage();
  }

  private ChildJvm.Ended importElsewhere(ImportGuard guard, String... modules) throws Exception {
    return importing().run(arguments(guard, modules));
  }

  private ChildJvm importing() {
    ChildJvm child = new ChildJvm(ImportPrograms.Importing.class, folder);
    child.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    return child;
  }

  private String[] arguments(ImportGuard guard, String... modules) {
    String[] arguments = new String[modules.length + 2];
    arguments[0] = guard.name();
    arguments[1] = folder.toString();
    System.arraycopy(modules, 0, arguments, 2, modules.length);
    return arguments;
  }

  private VerdictStore storeElsewhere() {
    return VerdictStore.at(folder.resolve("cache/clutch/verdicts"));
  }

  // -- what the file says ------------------------------------------------------------------------

  @Test
  void withoutTheGuardTheProcessDiesAndWithItThereIsAnImportError() throws Exception {
    assertThat(importElsewhere(ImportGuard.STATIC, RAISES).withStatus(0).out())
        .contains("does not support loading in subinterpreters");
    if (MINOR.equals("3.12")) {
      assertThat(importElsewhere(ImportGuard.OFF, RAISES).withStatus(0).out())
          .contains("does not support loading in subinterpreters");
    } else {
      importing().abort(arguments(ImportGuard.OFF, RAISES));
    }
  }

  @Test
  void anImportErrorHasNameAndPath() {
    try (Interpreter python = create()) {
      python.run(
          """
          try:
              import single_phase_raises
          except ImportError as e:
              error = [type(e).__name__, e.name, e.path, e.__traceback__.tb_next is None]
          """);
      Path file = folder.resolve("single_phase_raises.abi3.so");
      assertThat(python.get("error"))
          .asInstanceOf(LIST)
          .startsWith("ImportError", RAISES, file.toString());
      assertThat(python.eval("'single_phase_raises' in sys.modules")).isEqualTo(false);
    }
  }

  @Test
  void theErrorSaysWhatWhyWhereFromAndWhatToDo() throws IOException {
    Path file = install(RAISES, "demo/parts");
    write("demo/__init__.py", "import demo.parts");
    write("demo/parts/__init__.py", "from . import single_phase_raises");
    write("other-2.0.dist-info/RECORD", "other/__init__.py,sha256=abc,12\n");
    write(
        "demo_pkg-1.5.dist-info/RECORD",
        "demo/__init__.py,,\ndemo/parts/single_phase_raises.abi3.so,sha256=abc,12345\n");
    write(
        "demo_pkg-1.5.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Demo.Pkg\nVersion: 1.5\n\nName: no header\n");
    try (Interpreter python = create()) {
      assertThat(refusal(python, "import demo"))
          .contains(
              "module demo.parts.single_phase_raises does not support loading in subinterpreters: "
                  + file
                  + " of Demo.Pkg 1.5 is initialized in a single phase (PEP 489)",
              "imported by demo -> demo.parts -> demo.parts.single_phase_raises",
              "InterpreterConfig.legacy()",
              "the main interpreter",
              "`clutch check demo.parts.single_phase_raises`");
    }
  }

  @Test
  void metadataThatIsBrokenIsLeftOut() throws IOException {
    write("guard-1.dist-info/RECORD", RAISES + ".abi3.so,,\n");
    write("guard-1.dist-info/METADATA", "\u0000 no metadata");
    try (Interpreter python = create()) {
      assertThat(refusal(python, "import single_phase_raises"))
          .contains("single_phase_raises.abi3.so is initialized in a single phase")
          .doesNotContain("It is imported by");
    }
  }

  @Test
  void packagesDoWithoutAsBefore() throws IOException {
    install(RAISES, "falls_back");
    write(
        "falls_back/__init__.py",
        """
        try:
            from .single_phase_raises import made
        except ImportError:
            made = "by Python code"
        """);
    try (Interpreter python = create()) {
      python.run("import falls_back, decimal, datetime");
      assertThat(python.eval("falls_back.made")).isEqualTo("by Python code");
      assertThat(python.eval("str(decimal.Decimal('0.1') * 3)")).isEqualTo("0.3");
    }
  }

  @Test
  void whatSupportsInterpretersIsImported() {
    try (Interpreter python = create()) {
      python.run("import slot_own_gil, _json, math");
    }
  }

  @Test
  void theMainInterpreterAndLegacyOnesAreNotGuarded() {
    try (Interpreter legacy = create(InterpreterConfig.legacy())) {
      legacy.run("import _testsinglephase");
    }
    Interpreter main = Interpreters.getMain();
    main.run("import sys");
    main.call("sys:path.insert", 0, folder.toString());
    assertThat(refusal(main, "import single_phase_raises")).contains("the license has expired");
    main.run("sys.path.pop(0)");
  }

  /** By the name of a symbol, as a plain search in the bytes finds it. */
  @Test
  void theSinglePhaseModulesOfTheStandardLibraryAreRefused() {
    try (Interpreter python = create()) {
      python.run(
          """
          import importlib, pathlib, sysconfig
          folder = pathlib.Path(sysconfig.get_path("platstdlib"), "lib-dynload")
          single, refused = [], []
          for file in sorted(folder.glob("*.so")):
              name = file.name.partition(".")[0]
              if b"PyModuleDef_Init" not in file.read_bytes():
                  single.append(name)
                  try:
                      importlib.import_module(name)
                  except ImportError as e:
                      if "initialized in a single phase" in str(e) or "no own GIL in" in str(e):
                          refused.append(name)
          """);
      assertThat(python.get("single")).asInstanceOf(LIST).contains("readline", "_testsinglephase");
      assertThat(python.get("refused")).isEqualTo(python.get("single"));
    }
  }

  @Test
  void whatIsNoLibraryIsLeftToCPython() throws IOException {
    write("text.abi3.so", "no library");
    try (Interpreter python = create()) {
      assertThat(refusal(python, "import text")).contains("text.abi3.so");
      assertThat(refusal(python, "import _imp\n_imp.create_dynamic(None)"))
          .contains("AttributeError");
      assertThat(refusal(python, "_imp.create_dynamic()")).contains("TypeError");
    }
  }

  @Test
  void interpretersThatPythonCodeMakesAreGuardedToo() {
    String module = MINOR.equals("3.12") ? "_xxsubinterpreters" : "_interpreters";
    Interpreter main = Interpreters.getMain();
    main.set("folder", folder.toString());
    main.run("import " + module + " as maker\nmade = maker.create()");
    main.run(
        """
        code = f'''
        import sys
        sys.path.insert(0, {folder!r})
        try:
            import single_phase_raises
            outcome = "imported"
        except ImportError as e:
            outcome = str(e)
        assert "initialized in a single phase" in outcome, outcome
        import slot_own_gil
        '''
        failure = maker.run_string(made, code)
        maker.destroy(made)
        """);
    assertThat(main.get("failure")).isNull();
  }

  @Test
  void aPolicyThatDeniesFilesHidesNothingButTheDistribution() {
    Policy policy = Policy.builder().denyFilesOutside().build();
    InterpreterConfig config = InterpreterConfig.isolated().toBuilder().policy(policy).build();
    try (Interpreter python = Interpreters.create(config)) {
      assertThat(refusal(python, "import _testsinglephase"))
          .contains("is initialized in a single phase");
    }
  }

  @Test
  void pythonCodeCannotGetAroundItByWhatStandsBeforeIt() {
    try (Interpreter python = create()) {
      python.run(
          """
          import _imp
          function = _imp.create_dynamic
          while getattr(function, "__closure__", None):
              function = function.__closure__[0].cell_contents
          spec = type(sys)("spec")
          spec.name, spec.origin = "single_phase_raises", sys.path[0] + "/single_phase_raises.abi3.so"
          """);
      assertThat(refusal(python, "function(spec)")).contains("initialized in a single phase");
    }
  }

  // -- verdicts ----------------------------------------------------------------------------------

  @Test
  void strictWantsAVerdict() throws Exception {
    assertThat(importElsewhere(ImportGuard.STRICT, GOOD, RAISES, "_json").withStatus(0).out())
        .contains(
            GOOD + ": ",
            "is not known to support an own GIL",
            "has no stored verdict for CPython " + MINOR,
            "`clutch check slot_own_gil`",
            "ImportGuard.STATIC",
            RAISES + ": ",
            "is initialized in a single phase",
            "_json: imported");
  }

  @Test
  void strictTakesTheVerdictOfTheSameFileAndVersion() throws Exception {
    Path file = folder.resolve(GOOD + ".abi3.so");
    storeElsewhere().record(file, MINOR, VerdictStore.OWN_GIL);
    assertThat(importElsewhere(ImportGuard.STRICT, GOOD).withStatus(0).out())
        .contains(GOOD + ": imported");
    storeElsewhere().record(file, MINOR, "CRASHES");
    assertThat(importElsewhere(ImportGuard.STRICT, GOOD).withStatus(0).out())
        .contains("has the verdict CRASHES for CPython " + MINOR);
  }

  @Test
  void strictRefusesWhatItCannotLookUp() throws Exception {
    storeElsewhere().record(folder.resolve(GOOD + ".abi3.so"), MINOR, VerdictStore.OWN_GIL);
    try (var entries = Files.list(folder.resolve("cache/clutch/verdicts/" + MINOR))) {
      for (Path entry : entries.toList()) {
        Files.writeString(entry, "damaged");
      }
    }
    assertThat(importElsewhere(ImportGuard.STRICT, GOOD).withStatus(0).out())
        .contains("has a verdict that cannot be looked up", "delete it");
  }

  @Test
  void strictHoldsWithAPolicyAndCannotBeReplaced() {
    Policy policy = Policy.builder().denyFilesOutside(folder).build();
    InterpreterConfig config =
        InterpreterConfig.isolated().toBuilder()
            .policy(policy)
            .importGuard(ImportGuard.STRICT)
            .build();
    try (Interpreter python = create(config)) {
      assertThat(refusal(python, "import slot_own_gil")).contains("has no stored verdict");
      assertThat(refusal(python, "import clutch\nclutch._require_verdicts(lambda file: None)"))
          .contains("already");
    }
  }

  @Test
  void strictIsRefusedWhereNothingIsGuarded() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> InterpreterConfig.legacy().toBuilder().importGuard(ImportGuard.STRICT).build())
        .withMessageContaining("checkMultiInterpExtensions");
    assertThat(InterpreterConfig.isolated().importGuard()).isEqualTo(ImportGuard.STATIC);
    assertThat(List.of(ImportGuard.values()))
        .containsExactly(ImportGuard.OFF, ImportGuard.STATIC, ImportGuard.STRICT);
  }
}
