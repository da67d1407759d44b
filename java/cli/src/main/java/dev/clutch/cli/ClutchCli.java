package dev.clutch.cli;

import dev.clutch.InterpreterException;
import dev.clutch.PythonException;
import dev.clutch.PythonOptions;
import dev.clutch.PythonRuntime;
import dev.clutch.PythonUnavailableException;
import dev.clutch.checker.CheckException;
import dev.clutch.checker.probe.ProbeException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The {@code clutch} command. */
@Command(
    name = "clutch",
    description = "Runs Python in the JVM, on interpreters that each have their own GIL.",
    subcommands = {
      InfoCommand.class,
      RunCommand.class,
      MapCommand.class,
      CheckCommand.class,
      ClasspathCommand.class,
    },
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = ClutchCli.Version.class)
public final class ClutchCli {
  static final int FAILED = 1;
  static final int MISUSED = 2;

  @Option(
      names = "--python",
      paramLabel = "SELECTOR",
      scope = ScopeType.INHERIT,
      description =
          "Which CPython: bundled, 3.12, 3.13, 3.14, system, or the path of a libpython, a python3"
              + " executable or a virtual environment. Default: $CLUTCH_PYTHON, else bundled.")
  @Nullable String python;

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new ClutchCli());
    commandLine.setOut(utf8(FileDescriptor.out)).setErr(utf8(FileDescriptor.err));
    // What follows the script's name belongs to the script.
    Objects.requireNonNull(commandLine.getSubcommands().get("run")).setStopAtPositional(true);
    return commandLine
        .setParameterExceptionHandler(ClutchCli::misused)
        .setExecutionExceptionHandler(ClutchCli::failed);
  }

  /** Not System.out, which keeps it to itself when nothing can be written any more. */
  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  PythonOptions pythonOptions() {
    if (python == null) {
      return PythonOptions.defaults();
    }
    if (python.isBlank()) {
      throw new UserError("--python names no CPython");
    }
    return PythonOptions.of(python);
  }

  PythonRuntime startPython() {
    return PythonRuntime.start(pythonOptions());
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    String name = commandLine.getCommandSpec().qualifiedName();
    commandLine.getErr().println("clutch: " + e.getMessage() + " (see " + name + " --help)");
    return MISUSED;
  }

  private static int failed(Exception e, CommandLine commandLine, ParseResult parsed)
      throws Exception {
    if (cannotBeDone(e)) {
      commandLine.getErr().println("clutch: " + e.getMessage());
      return MISUSED;
    }
    if (e instanceof InterpreterException) {
      commandLine.getErr().println("clutch: " + e.getMessage());
      return FAILED;
    }
    if (e instanceof PythonException python) {
      commandLine.getErr().print(python.formattedTraceback());
      commandLine.getErr().flush();
      return FAILED;
    }
    throw e;
  }

  private static boolean cannotBeDone(Exception e) {
    return e instanceof UserError
        || e instanceof PythonUnavailableException
        || e instanceof CheckException
        || e instanceof ProbeException;
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"clutch " + version()};
    }

    static String version() {
      String version = ClutchCli.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
