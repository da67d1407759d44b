package dev.clutch.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A child JVM with this one's class path that runs {@link LocatorProgram}. */
final class ChildJvm {
  private final Process process;

  private ChildJvm(Process process) {
    this.process = process;
  }

  static ChildJvm start(Path cache, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    Stream.of(System.getProperty("clutch.test.jvmArgs", "").split(" "))
        .filter(argument -> !argument.isBlank())
        .forEach(command::add);
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LocatorProgram.class.getName());
    command.addAll(List.of(arguments));
    try {
      return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return process;
  }

  /** Its output, once it has ended well. */
  String output() throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new AssertionError("status " + status + ":\n" + output);
    }
    return output;
  }
}
