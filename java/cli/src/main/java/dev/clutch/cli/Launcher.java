package dev.clutch.cli;

import dev.clutch.Interpreter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Calls {@code launcher.py} in one interpreter. */
final class Launcher {
  private static final String SOURCE = read("launcher.py");

  // exec with globals of its own leaves no trace in __main__.
  private static final String INSTALL =
      """
      import sys, types
      module = types.ModuleType("_clutch_cli")
      exec(compile(source, "<clutch>", "exec"), module.__dict__)
      sys.modules[module.__name__] = module
      """;

  private final Interpreter interpreter;

  Launcher(Interpreter interpreter) {
    this.interpreter = interpreter;
    interpreter.call("builtins:exec", INSTALL, Map.of("source", SOURCE));
  }

  void prepareScript(List<String> argv, Path folder) {
    call("prepare_script", argv, folder.toString());
  }

  void load(Target target) {
    Path folder = target.folder();
    call("load", target.module(), target.file().toAbsolutePath().toString(), folder.toString());
  }

  boolean hasFunction(Target target) {
    return interpreter.callAs(
        Boolean.class, "_clutch_cli:has_function", target.module(), target.function());
  }

  String stdlib() {
    return interpreter.callAs(String.class, "_clutch_cli:stdlib");
  }

  void joinThreads() {
    call("join_threads");
  }

  private void call(String function, Object... args) {
    interpreter.call("_clutch_cli:" + function, args);
  }

  private static String read(String resource) {
    try (InputStream in = Launcher.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
