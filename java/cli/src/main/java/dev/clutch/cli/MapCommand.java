package dev.clutch.cli;

import dev.clutch.PythonRuntime;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code clutch map}. */
@Command(
    name = "map",
    description = {
      "Calls a Python function once for every input, on several interpreters at once.",
      "",
      "Prints a line of JSON per input, in the order of the inputs: {\"input\": ..., \"result\": ...},"
          + " or \"error\" with the exception's type, message and traceback. What the function itself"
          + " prints goes to standard error. The exit status is 1 if a call failed.",
      ""
    })
final class MapCommand implements Callable<Integer> {
  private static final int WARM_UP_CALLS = 10;

  @ParentCommand ClutchCli clutch;
  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE:FUNCTION",
      description = "A Python source file and the function in it; it is called with a str.")
  String function;

  @Parameters(
      index = "1..*",
      paramLabel = "INPUT",
      description =
          "A file (the function gets its path), a folder (each file below it that --glob names), or"
              + " - for each line of standard input, as when there is no INPUT.")
  List<String> inputs = new ArrayList<>();

  @Option(names = "--glob", paramLabel = "PATTERN", description = "Which files below a folder.")
  @Nullable String glob;

  @Option(
      names = "--interpreters",
      paramLabel = "N",
      description = "How many interpreters. Default: one per core.")
  int interpreters = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--compare",
      description = "Run it all once more on one interpreter, and print the speed-up.")
  boolean compare;

  @Override
  public Integer call() {
    Target target = Target.parse(function);
    SourceFiles.check(target.file());
    if (interpreters < 1) {
      throw new UserError("--interpreters must be at least 1");
    }
    List<String> all = new Inputs(glob, System.in).collect(inputs);
    PythonRuntime python = clutch.startPython();
    PrintWriter err = spec.commandLine().getErr();
    return compare ? compare(target, all, python, err) : map(target, all, python, err);
  }

  private int map(Target target, List<String> all, PythonRuntime python, PrintWriter err) {
    Pass pass = printing(target, all, List.of());
    err.println(Report.single(pass, python));
    return pass.failures() == 0 ? 0 : ClutchCli.FAILED;
  }

  private int compare(Target target, List<String> all, PythonRuntime python, PrintWriter err) {
    List<String> warmUp = spread(all);
    Pass many = printing(target, all, warmUp);
    Pass one = silent(target, all, warmUp);
    err.println(Report.comparison(many, one, warmUp.size(), python));
    int difference = many.firstDifference(one);
    if (difference >= 0) {
      err.println("clutch: the results of both runs differ, first for " + all.get(difference));
    }
    return difference < 0 && many.failures() == 0 ? 0 : ClutchCli.FAILED;
  }

  private Pass printing(Target target, List<String> all, List<String> warmUp) {
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = new Progress(all.size())) {
      return Pass.run(
          count(all),
          target,
          all,
          warmUp,
          line -> {
            progress.step();
            progress.makeRoom();
            out.println(line);
            if (out.checkError()) {
              throw new UserError("nothing reads standard output any more");
            }
          });
    }
  }

  private static Pass silent(Target target, List<String> all, List<String> warmUp) {
    try (Progress progress = new Progress(all.size())) {
      return Pass.run(1, target, all, warmUp, line -> progress.step());
    }
  }

  private int count(List<String> all) {
    return Math.max(1, Math.min(interpreters, all.size()));
  }

  /**
   * A few inputs from all over, so that the imports they need are loaded before the clock starts.
   */
  static List<String> spread(List<String> all) {
    int calls = Math.min(WARM_UP_CALLS, all.size());
    return IntStream.range(0, calls)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / calls)))
        .toList();
  }
}
