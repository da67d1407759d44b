package dev.clutch.cli;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Output;

/** An interpreter of its own that has the function loaded. */
final class Worker implements AutoCloseable {
  /** Standard output is for results only, so what the function prints goes to standard error. */
  private static final InterpreterConfig CONFIG =
      InterpreterConfig.isolated().toBuilder().stdout(Output.stderr()).build();

  private final Interpreter interpreter;
  private final String callable;

  private Worker(Interpreter interpreter, String callable) {
    this.interpreter = interpreter;
    this.callable = callable;
  }

  static Worker open(Target target) {
    Interpreter interpreter = Interpreters.create(CONFIG);
    try {
      load(new Launcher(interpreter), target);
    } catch (RuntimeException e) {
      interpreter.close();
      throw e;
    }
    return new Worker(interpreter, target.callable());
  }

  private static void load(Launcher launcher, Target target) {
    launcher.load(target);
    if (!launcher.hasFunction(target)) {
      throw new UserError(target.file() + " has no function " + target.function());
    }
  }

  Outcome call(String input) {
    return Outcome.of(() -> interpreter.call(callable, input));
  }

  @Override
  public void close() {
    interpreter.close();
  }
}
