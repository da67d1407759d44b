package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.extension.ExtensionFile;
import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.InstalledProbe;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.ProbeOptions;
import dev.clutch.checker.probe.Question;
import dev.clutch.checker.probe.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of {@code docs/standard-library.md} say what a run finds of every extension module of
 * CPython's own, the built-in ones included, and all that they leave out is OWN_GIL.
 */
@Tag("verdicts")
class StandardLibraryVerdictsTest {
  private static final Path TABLES = Path.of("..", "..", "docs", "standard-library.md");
  private static final String INIT = "PyInit_";
  private static final String ABSENT = "—";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"3.12", "3.13", "3.14"})
  void areAsTheDocsSay(String version) throws Exception {
    ProbeOptions python = ProbeOptions.of(version);
    Path extensions = python.home().orElseThrow().resolve("lib/python" + version + "/lib-dynload");
    Map<String, String> documented = documented(python.version());
    try (Probe probe = new InstalledProbe(python)) {
      List<String> targets = new ArrayList<>(builtIn(probe));
      targets.add(extensions.toString());
      targets.add(variants(extensions).toString());
      Report report =
          new Checker(List.of(probe), CheckOptions.defaults()).check(targets, CheckProgress.NONE);
      assertThat(report.findings()).hasSizeGreaterThan(100);
      assertThat(found(report, documented)).isEqualTo(documented);
    }
  }

  // ---- what there is
  // -----------------------------------------------------------------------------

  private List<String> builtIn(Probe probe) throws IOException, InterruptedException {
    Path script =
        Files.writeString(
            folder.resolve("names.py"),
            "import sys\nprint(*sys.builtin_module_names, flush=True)\n");
    Answer answer =
        probe.ask(
            new Question(
                "sys", Stage.MAIN, List.of(), Optional.of(script), CheckOptions.DEFAULT_TIMEOUT));
    return List.of(answer.output().strip().split(" "));
  }

  /** One of CPython's test files has many init functions, and a file's name says which it means. */
  private Path variants(Path extensions) throws IOException {
    Path copies = Files.createDirectory(folder.resolve("variants"));
    for (Path file : testFiles(extensions)) {
      String[] name = file.getFileName().toString().split("\\.", 2);
      for (String function : ExtensionFile.read(file).initFunctions()) {
        if (function.startsWith(INIT) && !function.equals(INIT + name[0])) {
          String variant = function.substring(INIT.length()) + "." + name[1];
          Files.copy(file, copies.resolve(variant));
        }
      }
    }
    return copies;
  }

  private static List<Path> testFiles(Path extensions) throws IOException {
    try (Stream<Path> files = Files.list(extensions)) {
      return files.filter(file -> file.getFileName().toString().startsWith("_test")).toList();
    }
  }

  // ---- both sides of the comparison
  // --------------------------------------------------------------

  private static Map<String, String> documented(String version) throws IOException {
    Map<String, String> cells = new TreeMap<>();
    int column = 0;
    for (String line : Files.readAllLines(TABLES)) {
      List<String> row = List.of(line.replace("`", "").split(" *\\| *", -1));
      if (row.contains("module")) {
        column = row.indexOf(version);
        assertThat(column).as("a column for %s in %s", version, row).isPositive();
      } else if (line.startsWith("| `")) {
        cells.put(row.get(1), row.get(column));
      }
    }
    return cells;
  }

  /**
   * Of those that are safe, only what the tables have a row for; they do not tell PURE apart. Where
   * they leave it to chance, what they say is found if one of both is.
   */
  private static Map<String, String> found(Report report, Map<String, String> documented) {
    Map<String, String> cells =
        new TreeMap<>(
            documented.keySet().stream()
                .collect(Collectors.toMap(Function.identity(), name -> ABSENT)));
    for (Finding finding : report.findings()) {
      String cell = cell(finding);
      String row = documented.getOrDefault(finding.module(), Verdict.OWN_GIL.name());
      boolean said = List.of(row.split(" or ")).contains(cell);
      if (!said) {
        cells.put(finding.module(), cell);
      } else {
        cells.replace(finding.module(), row);
      }
    }
    return cells;
  }

  private static String cell(Finding finding) {
    return finding.verdict().isSafe()
        ? Verdict.OWN_GIL.name()
        : finding.verdict() + " " + finding.rule().id();
  }
}
