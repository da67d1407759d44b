package dev.clutch.cli;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code clutch run}. */
@Command(
    name = "run",
    description = "Runs a script as python would, on an interpreter with its own GIL.")
final class RunCommand implements Callable<Integer> {
  /** How a shell shows a process that SIGINT ended. */
  private static final int INTERRUPTED = 130;

  @ParentCommand ClutchCli clutch;
  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "The script.")
  Path file;

  @Parameters(index = "1..*", paramLabel = "ARG", description = "What sys.argv holds after it.")
  List<String> args = new ArrayList<>();

  @Override
  public Integer call() {
    SourceFiles.check(file);
    clutch.startPython();
    Interpreter interpreter = Interpreters.create();
    int status = run(interpreter);
    close(interpreter);
    return status;
  }

  private int run(Interpreter interpreter) {
    Launcher launcher = new Launcher(interpreter);
    int status = exitStatus(() -> runScript(interpreter, launcher));
    // An exception in a thread is reported by threading itself, and changes no status.
    launcher.joinThreads();
    return status;
  }

  private void runScript(Interpreter interpreter, Launcher launcher) {
    List<String> argv = new ArrayList<>();
    argv.add(file.toString());
    argv.addAll(args);
    launcher.prepareScript(argv, SourceFiles.folder(file));
    interpreter.run(file.toAbsolutePath());
  }

  private int exitStatus(Runnable script) {
    try {
      script.run();
      return 0;
    } catch (PythonException e) {
      return exitStatus(e);
    }
  }

  private int exitStatus(PythonException e) {
    PrintWriter err = spec.commandLine().getErr();
    if (e.exitStatus().isEmpty()) {
      err.print(e.formattedTraceback());
      err.flush();
      return e.typeName().equals("KeyboardInterrupt") ? INTERRUPTED : ClutchCli.FAILED;
    }
    int status = e.exitStatus().getAsInt();
    if (isExitText(status, e.pythonMessage())) {
      err.println(e.pythonMessage());
    }
    return status;
  }

  /** {@code sys.exit("text")} ends with status 1 after printing the text. */
  private static boolean isExitText(int status, String message) {
    return status == ClutchCli.FAILED && !message.equals("1") && !message.equals("True");
  }

  private static void close(Interpreter interpreter) {
    try {
      interpreter.close();
    } catch (InterpreterBusyException e) {
      // A raw or daemon thread still runs: python leaves such threads behind when it exits, and so
      // does the JVM, whose shutdown hook sees to atexit and output.
      return;
    }
  }
}
