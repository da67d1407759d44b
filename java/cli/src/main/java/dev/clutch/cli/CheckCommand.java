package dev.clutch.cli;

import dev.clutch.checker.CheckOptions;
import dev.clutch.checker.Checker;
import dev.clutch.checker.Report;
import dev.clutch.checker.probe.Question;
import dev.clutch.checker.report.ReportFormat;
import dev.clutch.spi.VerdictStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code clutch check}. */
@Command(
    name = "check",
    description = {
      "Tells which extension modules can live in an interpreter with its own GIL.",
      "",
      "Nothing of what is checked is changed; verdicts are recorded in the user's cache folder. The exit status is 0 if all of it is safe, 1 if"
          + " something is not, and 2 if the check could not be done.",
      ""
    })
final class CheckCommand implements Callable<Integer> {
  @ParentCommand ClutchCli clutch;
  @Spec CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "TARGET",
      description =
          "The name of a module that can be imported, a .so file, a wheel, a folder, or a virtual"
              + " environment. What exists as a file is no name: ./numpy and numpy may differ.")
  List<String> targets = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, json, sarif, junit, markdown or html. Default: text.")
  String format = ReportFormat.TEXT.toString();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the report goes. Default: standard output.")
  @Nullable Path output;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many probe processes at once. Default: one per core.")
  int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long one process may take, for one stage of one module. Default: 30.")
  double timeout = CheckOptions.DEFAULT_TIMEOUT.toSeconds();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How many times several interpreters at once import a module, three to five times per"
              + " process; more find rarer races. Default: 3.")
  int rounds = Question.FEWEST_ROUNDS;

  @Option(
      names = "--exercise",
      paramLabel = "FILE",
      description = "A Python script to run in each interpreter once the module is imported.")
  @Nullable Path exercise;

  @Option(
      names = "--path",
      paramLabel = "DIR",
      description = "Where names are looked for before the standard library; may be repeated.")
  List<Path> path = new ArrayList<>();

  @Option(
      names = "--no-record",
      description =
          "Do not record verdicts in the user's cache folder, where ImportGuard.STRICT looks for"
              + " them.")
  boolean noRecord;

  @Override
  public Integer call() throws InterruptedException {
    ReportFormat chosen = chosenFormat();
    CheckOptions options = options();
    Report report;
    List<String> warnings;
    try (OpenProbes probes = OpenProbes.open(CheckedPythons.selectors(clutch, targets));
        CheckProgressBar progress = new CheckProgressBar()) {
      report = new Checker(probes.all(), options).check(targets, progress);
      warnings = progress.warnings();
    }
    warnings.forEach(this::warn);
    write(chosen.write(report));
    return report.isSafe() ? 0 : ClutchCli.FAILED;
  }

  private ReportFormat chosenFormat() {
    try {
      return ReportFormat.valueOf(format.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "--format " + format + " is unknown; choose one of " + ReportFormat.names());
    }
  }

  private CheckOptions options() {
    CheckOptions options =
        CheckOptions.defaults()
            .withJobs(jobs)
            .withTimeout(Duration.ofMillis(Math.round(timeout * 1e3)))
            .withRounds(rounds)
            .withSearchPath(path);
    if (exercise != null) {
      options = options.withExercise(exercise);
    }
    return noRecord ? options : options.withVerdicts(VerdictStore.user());
  }

  private void warn(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "clutch: "
            + message
            + " Make that folder writable, let XDG_CACHE_HOME name another, or say --no-record.");
    err.flush();
  }

  private void write(String report) {
    Path file = output;
    if (file == null) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(report);
      out.flush();
      return;
    }
    try {
      Files.writeString(file, report);
    } catch (IOException e) {
      throw new UserError("cannot write the report to " + file + " (" + e.getMessage() + ")");
    }
  }
}
