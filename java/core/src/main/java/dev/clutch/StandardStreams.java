package dev.clutch;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Where an interpreter's {@code sys.stdout} and {@code sys.stderr} go. */
final class StandardStreams {
  private final Interpreter interpreter;
  private final OutputSink stdout;
  private final OutputSink stderr;

  StandardStreams(Interpreter interpreter, InterpreterConfig config) {
    this.interpreter = interpreter;
    this.stdout = new OutputSink(config.stdout());
    this.stderr = new OutputSink(config.stderr());
  }

  /** Called by Python code that prints. */
  void write(int stream, byte[] utf8) throws IOException {
    (stream == 0 ? stdout : stderr).write(utf8);
  }

  /** Hands over unfinished lines. */
  void finish() {
    try {
      try {
        stdout.finish();
      } finally {
        stderr.finish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the output of " + interpreter + " could not be finished", e);
    }
  }
}
