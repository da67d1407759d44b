package dev.clutch.cli;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonRuntime;
import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonLocator;
import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code clutch info}. */
@Command(
    name = "info",
    description = "Shows the CPython in use, the others that were found, and what Clutch runs on.")
final class InfoCommand implements Callable<Integer> {
  private static final int OLDEST_MINOR = 12;
  private static final int NEWEST_IMAGINABLE_MINOR = 40;

  @ParentCommand ClutchCli clutch;
  @Spec CommandSpec spec;

  @Option(names = "--stdlib", description = "Print only the folder of the standard library.")
  boolean stdlib;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (stdlib) {
      out.println(stdlibFolder());
      return 0;
    }
    printMachine(out);
    boolean started = printPython(out);
    printCandidates(out);
    out.flush();
    return started ? 0 : ClutchCli.MISUSED;
  }

  private String stdlibFolder() {
    clutch.startPython();
    try (Interpreter interpreter = Interpreters.create()) {
      return new Launcher(interpreter).stdlib();
    }
  }

  private static void printMachine(PrintWriter out) {
    line(out, "Clutch", ClutchCli.Version.version());
    line(out, "glue for", "CPython " + String.join(", ", glue()));
    line(out, "JDK", System.getProperty("java.version") + ", " + System.getProperty("java.home"));
    line(out, "cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
  }

  private static List<String> glue() {
    return IntStream.rangeClosed(OLDEST_MINOR, NEWEST_IMAGINABLE_MINOR)
        .mapToObj(minor -> "3." + minor)
        .filter(InfoCommand::hasGlue)
        .toList();
  }

  private static boolean hasGlue(String version) {
    String os = System.getProperty("os.name").startsWith("Linux") ? "linux" : "unsupported";
    String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "arm64";
    String resource = "/" + os + "-" + arch + "/libclutch" + version + ".so";
    return PythonRuntime.class.getResource(resource) != null;
  }

  private boolean printPython(PrintWriter out) {
    try {
      print(out, clutch.startPython());
      return true;
    } catch (PythonUnavailableException e) {
      line(out, "CPython", "none: " + e.getMessage());
      return false;
    }
  }

  private static void print(PrintWriter out, PythonRuntime python) {
    line(out, "CPython", python.version() + ", " + python.origin());
    line(out, "  library", python.library().toString());
    if (python.home() != null) {
      line(out, "  home", python.home().toString());
    }
    if (python.executable() != null) {
      line(out, "  executable", python.executable().toString());
    }
  }

  private static void printCandidates(PrintWriter out) {
    out.println("found");
    for (PythonLocator locator : ServiceLoader.load(PythonLocator.class)) {
      locator.candidates().forEach(candidate -> print(out, candidate));
    }
  }

  private static void print(PrintWriter out, PythonCandidate candidate) {
    String verdict = candidate.usable() ? "usable" : "not usable: " + candidate.rejection();
    line(out, "  " + candidate.version(), candidate.origin() + ", " + candidate.location());
    line(out, "", verdict);
  }

  private static void line(PrintWriter out, String label, String text) {
    out.println(String.format("%-14s%s", label, text).stripTrailing());
  }
}
