package dev.clutch;

import dev.clutch.internal.LineBuffered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** One stream of one interpreter: lets one thread write at a time, and completes lines if asked. */
final class OutputSink {
  private final Output output;
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

  OutputSink(Output output) {
    this.output = output;
  }

  synchronized void write(byte[] utf8) throws IOException {
    if (!(output instanceof LineBuffered)) {
      output.write(utf8);
      return;
    }
    unfinished.write(utf8);
    if (utf8[utf8.length - 1] == '\n') {
      finish();
    }
  }

  /** Hands over what is left when the interpreter is gone. */
  synchronized void finish() throws IOException {
    if (unfinished.size() > 0) {
      byte[] rest = unfinished.toByteArray();
      unfinished.reset();
      output.write(rest);
    }
  }
}
