package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program in a JVM of its own, with this one's class path, in a folder of its own. */
final class ChildJvm {
  /** Many times what any program here needs, on a busy machine too. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Class<?> program;
  private final Path folder;
  private final List<String> options = new ArrayList<>();
  private final ProcessBuilder builder;

  ChildJvm(Class<?> program, Path folder) {
    this.program = program;
    this.folder = folder;
    builder = new ProcessBuilder().directory(folder.toFile());
    if (Runtime.version().feature() >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    python(System.getProperty("clutch.python"));
  }

  /** How a child ended. */
  record Ended(int status, String out, String err, Duration took) {
    Ended withStatus(int expected) {
      assertThat(status).as("exit status; it printed\n%s\n%s", out, err).isEqualTo(expected);
      return this;
    }
  }

  /** The selector to start CPython with; null for none. */
  ChildJvm python(String selector) {
    options.removeIf(option -> option.startsWith("-Dclutch.python="));
    if (selector != null) {
      options.add("-Dclutch.python=" + selector);
    }
    return this;
  }

  ChildJvm option(String option) {
    options.add(option);
    return this;
  }

  Map<String, String> environment() {
    return builder.environment();
  }

  /** Runs the program to its end, which must come in time and must not be a crash. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    Ended ended = runAnyhow(arguments);
    refuseCrash(ended);
    return ended;
  }

  /** Runs the program to its end, which must come in time, and be a call of abort. */
  Ended abort(String... arguments) throws IOException, InterruptedException {
    return runAnyhow(arguments).withStatus(128 + 6);
  }

  private Ended runAnyhow(String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("stdout.txt");
    Path err = folder.resolve("stderr.txt");
    long start = System.nanoTime();
    Process process =
        builder
            .command(command(arguments))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean inTime = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Ended ended =
        new Ended(process.exitValue(), Files.readString(out), Files.readString(err), took);
    assertThat(inTime).as("ended in time; it printed\n%s\n%s", ended.out, ended.err).isTrue();
    return ended;
  }

  private void refuseCrash(Ended ended) throws IOException {
    assertThat(ended.err).doesNotContainIgnoringCase("fatal");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .noneMatch(file -> file.getFileName().toString().matches("(hs_err|clutch_pid).*"));
    }
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
