package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonRuntime;
import dev.clutch.spi.PythonLocator;
import dev.clutch.tests.ChildJvm.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starting CPython: which one, once, and what its interpreters then find. */
class StartTest {
  private static final PythonRuntime RUNTIME = PythonRuntime.start();
  private static final String MINOR = RUNTIME.version().replaceFirst("\\.[^.]*$", "");
  private static final String OTHER = MINOR.equals("3.13") ? "3.12" : "3.13";

  @TempDir Path folder;

  @Test
  void aSecondStartWithOtherOptionsIsRefused() throws Exception {
    Ended ended = starts().run(MINOR, OTHER, MINOR, "-");

    assertThat(ended.withStatus(0).out().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo(started(MINOR)),
            line ->
                assertThat(line)
                    .startsWith("IllegalStateException")
                    .contains("PythonOptions[python=" + MINOR + "]")
                    .contains("PythonOptions[python=" + OTHER + "]"),
            line -> assertThat(line).isEqualTo(started(MINOR)),
            line -> assertThat(line).isEqualTo(started(MINOR)));
  }

  @Test
  void thePropertyGoesBeforeTheVariable() throws Exception {
    ChildJvm child = starts().python(MINOR);
    child.environment().put("CLUTCH_PYTHON", OTHER);

    assertThat(child.run("-").withStatus(0).out()).isEqualToIgnoringNewLines(started(MINOR));
  }

  @ParameterizedTest
  @CsvSource(
      value = {"null", "''"},
      nullValues = "null")
  void theVariableIsHeededWithoutTheProperty(String property) throws Exception {
    ChildJvm child = starts().python(property);
    child.environment().put("CLUTCH_PYTHON", MINOR);

    assertThat(child.run("-").withStatus(0).out()).isEqualToIgnoringNewLines(started(MINOR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.7", "3.99", "/no/such/python", "nonsense", "/etc/passwd", "/"})
  void afterABadSelectorAGoodOneWorks(String bad) throws Exception {
    Ended ended = starts().run(bad, MINOR);

    assertThat(ended.withStatus(0).out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("PythonUnavailableException").contains(bad),
            line -> assertThat(line).isEqualTo(started(MINOR)));
  }

  @Test
  void aBrokenInstallationIsAnError() throws Exception {
    Path library = copyWithoutStandardLibrary();

    Ended ended = starts().run(library.toString(), MINOR);

    assertThat(ended.withStatus(0).out().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("PythonUnavailableException"));
  }

  @Test
  void manyThreadsMayStartItAtOnce() throws Exception {
    Ended ended = new ChildJvm(StartPrograms.ConcurrentStart.class, folder).run();

    assertThat(ended.withStatus(0).out()).isEqualToIgnoringNewLines("1 runtime, 1 left");
  }

  @Test
  void whatAVirtualEnvironmentHasIsThereInEveryInterpreter() throws Exception {
    Path environment = folder.resolve("venv");
    makeVirtualEnvironment(environment);
    Files.writeString(
        environment.resolve("lib/python" + MINOR + "/site-packages/only_there.py"), "x = 'found'");

    Ended ended =
        evaluations()
            .python(environment.toString())
            .run(
                "__import__('only_there').x", sys("prefix"), sys("executable"), sys("base_prefix"));

    assertThat(ended.withStatus(0).out().lines())
        .containsExactly(
            "[found]",
            "[" + environment + "]",
            "[" + environment.resolve("bin/python") + "]",
            "[" + home() + "]");
  }

  @Test
  void anInstalledOneWorks() throws Exception {
    Optional<Path> executable = installedExecutable();
    assumeThat(executable).isPresent();

    Ended ended =
        evaluations()
            .python(executable.orElseThrow().toString())
            .run(sys("prefix"), "__import__('json').dumps([1])", "__import__('_struct').__name__");

    assertThat(ended.withStatus(0).out().lines())
        .containsExactly(
            "[" + executable.orElseThrow().getParent().getParent() + "]", "[[1]]", "[_struct]");
  }

  @ParameterizedTest
  @CsvSource({
    "sys.flags.isolated, 1",
    "sys.flags.ignore_environment, 1",
    "sys.flags.no_user_site, 1",
    "sys.flags.utf8_mode, 1",
    "sys.flags.safe_path, True",
    "sys.getfilesystemencoding(), utf-8",
    "sys.argv, ['']",
    "__name__, __main__",
    "__import__('signal').getsignal(2) is __import__('signal').default_int_handler, False",
  })
  void isolatedItIs(String expression, String value) {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import sys");
      assertThat(interpreter.eval("str(" + expression + ")")).isEqualTo(value);
    }
  }

  @Test
  void itKnowsWhereItIs() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import sys");
      assertThat(interpreter.eval("sys.prefix")).isEqualTo(home().toString());
      assertThat(interpreter.eval("sys.executable"))
          .isEqualTo(Objects.requireNonNull(RUNTIME.executable()).toString());
      assertThat(interpreter.eval("sys.version.split()[0]")).isEqualTo(RUNTIME.version());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "_struct.pack('<i', 1).hex() | 01000000",
        "array.array('i', [1, 2]).tolist() | [1, 2]",
        "asyncio.run(asyncio.sleep(0.01, 'slept')) | slept",
        "bz2.decompress(bz2.compress(b'a')) | b'a'",
        "datetime.date(2024, 2, 29).isoformat() | 2024-02-29",
        "decimal.Decimal('0.1') + 2 | 2.1",
        "hashlib.sha256(b'').hexdigest()[:8] | e3b0c442",
        "json.dumps({'a': [1]}) | {\"a\": [1]}",
        "lzma.decompress(lzma.compress(b'a')) | b'a'",
        "math.isqrt(17) | 4",
        "pickle.loads(pickle.dumps([1])) | [1]",
        "random.Random(1).randint(0, 9) | 2",
        "socket.socketpair()[0].fileno() > 2 | True",
        "sqlite3.connect(':memory:').execute('select 6 * 7').fetchone() | (42,)",
        "ssl.create_default_context().verify_mode.name | CERT_REQUIRED",
        "unicodedata.name('a') | LATIN SMALL LETTER A",
        "uuid.UUID(int=1).hex[-1] | 1",
        "zlib.crc32(b'a') | 3904355907",
        "zoneinfo.ZoneInfo.__name__ | ZoneInfo",
      })
  void extensionModulesWorkUnderAGilOfTheirOwn(String expression, String value) {
    String module = expression.replaceFirst("\\..*", "");
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      for (Interpreter interpreter : new Interpreter[] {one, other}) {
        interpreter.run("import " + module);
        assertThat(interpreter.eval("str(" + expression + ")")).isEqualTo(value);
      }
    }
  }

  @Test
  void ctypesWorksFrom313On() {
    try (Interpreter interpreter = Interpreters.create()) {
      if (MINOR.equals("3.12")) {
        interpreter.run("try: import ctypes\nexcept ImportError as e: refused = e");
        assertThat(interpreter.eval("'_ctypes' in str(refused)")).isEqualTo(true);
      } else {
        interpreter.run("import ctypes");
        assertThat(interpreter.eval("ctypes.CDLL(None).abs(-5)")).isEqualTo(5L);
      }
    }
  }

  private ChildJvm starts() {
    return new ChildJvm(StartPrograms.Starts.class, folder).python(null);
  }

  private ChildJvm evaluations() {
    return new ChildJvm(StartPrograms.Evaluations.class, folder);
  }

  private static String sys(String name) {
    return "__import__('sys')." + name;
  }

  private static String started(String selector) {
    return "started " + RUNTIME.version() + " as PythonOptions[python=" + selector + "]";
  }

  private static Path home() {
    return Objects.requireNonNull(RUNTIME.home());
  }

  /** An installation that lacks everything but the libpython and what is loaded before it. */
  private Path copyWithoutStandardLibrary() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("broken"));
    Files.createDirectories(copy.resolve("lib/python" + MINOR));
    try (Stream<Path> files = Files.list(RUNTIME.library().getParent())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.createSymbolicLink(copy.resolve(file.getFileName()), file);
      }
    }
    Path library = copy.resolve(RUNTIME.library().getFileName());
    Files.delete(library);
    Files.copy(RUNTIME.library(), library);
    return library;
  }

  private void makeVirtualEnvironment(Path environment) throws IOException, InterruptedException {
    Path python = home().resolve("bin/python" + MINOR);
    ProcessBuilder builder =
        new ProcessBuilder(python.toString(), "-m", "venv", "--without-pip", environment.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("venv.txt").toFile());
    builder.environment().put("LD_LIBRARY_PATH", home().toString());
    builder.environment().put("PYTHONHOME", home().toString());
    assertThat(builder.start().waitFor()).as("status of %s", builder.command()).isZero();
  }

  /** One that the machine happens to have, of the version under test. */
  private static Optional<Path> installedExecutable() {
    return ServiceLoader.load(PythonLocator.class).findFirst().orElseThrow().candidates().stream()
        .filter(found -> found.usable() && !found.origin().equals("bundled"))
        .filter(found -> found.version().startsWith(MINOR + "."))
        .map(found -> Path.of(found.location()).resolve("../../bin/python").normalize())
        .filter(Files::isExecutable)
        .findFirst();
  }
}
