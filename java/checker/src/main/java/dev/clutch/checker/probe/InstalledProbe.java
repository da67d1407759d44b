package dev.clutch.checker.probe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a CPython of this machine. A small program, {@code clutch-probe}, starts a process for each
 * question; when this JVM ends, however it ends, so do all of them.
 */
public final class InstalledProbe implements Probe {
  private final ProbeOptions options;
  private final Supervisor supervisor;

  /**
   * Starts the program.
   *
   * @throws ProbeException if it cannot be unpacked or started, or there is none for that CPython
   */
  public InstalledProbe(ProbeOptions options) {
    this.options = options;
    ProbeFiles files = ProbeFiles.unpacked();
    List<String> command = new ArrayList<>(List.of(files.program().toString(), "serve"));
    command.add("library=" + options.library());
    command.add("runtime=" + files.library(options.minorVersion()));
    options.home().ifPresent(home -> command.add("home=" + home));
    options.executable().ifPresent(executable -> command.add("executable=" + executable));
    options.preload().forEach(library -> command.add("preload=" + library));
    this.supervisor = new Supervisor(command, options.libraryPath());
  }

  /**
   * A probe of the CPython that a selector names, as in {@link ProbeOptions#of}.
   *
   * @throws dev.clutch.PythonUnavailableException if there is none, or it cannot be used
   * @throws ProbeException if the program cannot be unpacked or started
   */
  public static InstalledProbe of(String selector) {
    return new InstalledProbe(ProbeOptions.of(selector));
  }

  @Override
  public String version() {
    return options.version();
  }

  @Override
  public Answer ask(Question question) throws InterruptedException {
    Duration timeout = question.timeout();
    Ending ending = supervisor.ask(Math.max(1, timeout.toMillis()), arguments(question));
    return new Findings(ending).answer();
  }

  private static List<String> arguments(Question question) {
    List<String> arguments = new ArrayList<>();
    arguments.add("stage=" + question.stage());
    arguments.add("module=" + question.module());
    arguments.add("rounds=" + question.rounds());
    question.exercise().ifPresent(file -> arguments.add("exercise=" + file.toAbsolutePath()));
    for (Path folder : question.searchPath()) {
      arguments.add("path=" + folder.toAbsolutePath());
    }
    return arguments;
  }

  /** The program's process. */
  ProcessHandle handle() {
    return supervisor.handle();
  }

  /**
   * Ends the program and all its processes. Questions under way end with a {@link ProbeException}.
   */
  @Override
  public void close() {
    supervisor.close();
  }
}
