package dev.clutch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one run of the command in a JVM of its own came to.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CliProcess(int status, String out, String err) {
  private static final int TIMEOUT_SECONDS = 120;
  private static final String ALL_CPYTHONS = Path.of("target", "cpython").toAbsolutePath() + "/*";

  /** Runs the command in a folder, with the given text as standard input. */
  static CliProcess run(Path folder, String stdin, String... args)
      throws IOException, InterruptedException {
    Path in = Files.writeString(Files.createTempFile("clutch", ".in"), stdin);
    Path out = Files.createTempFile("clutch", ".out");
    Path err = Files.createTempFile("clutch", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(args))
              .directory(folder.toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("XDG_CACHE_HOME", cache(folder).toString());
      Process process = builder.start();
      return new CliProcess(status(process), Files.readString(out), Files.readString(err));
    } finally {
      for (Path file : List.of(in, out, err)) {
        Files.delete(file);
      }
    }
  }

  /** The user's cache folder, as far as the command knows. */
  static Path cache(Path folder) {
    return folder.resolve("cache");
  }

  /** Starts it, and leaves the rest to the caller; what it writes goes nowhere. */
  static Process start(Path folder, String... args) throws IOException {
    return new ProcessBuilder(command(args))
        .directory(folder.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static int status(Process process) throws InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the command hangs");
    }
    return process.exitValue();
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path") + ":" + ALL_CPYTHONS);
    command.add(ClutchCli.class.getName());
    command.addAll(List.of(args));
    return command;
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }
}
