package dev.clutch;

import dev.clutch.internal.LineBuffered;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The outputs that come with Clutch. */
final class Outputs {
  static final Output STDOUT = Standard.STDOUT;
  static final Output STDERR = Standard.STDERR;

  private Outputs() {}

  /** The JVM's own streams, looked up at each write, because a program may replace them. */
  private enum Standard implements Output {
    STDOUT,
    STDERR;

    @Override
    public void write(byte[] utf8) {
      PrintStream stream = this == STDOUT ? System.out : System.err;
      stream.write(utf8, 0, utf8.length);
      stream.flush();
    }

    @Override
    public String toString() {
      return this == STDOUT ? "System.out" : "System.err";
    }
  }

  /** Hands lines to a consumer. */
  record Lines(Consumer<String> consumer) implements Output, LineBuffered {
    @Override
    public void write(byte[] utf8) {
      String text = new String(utf8, StandardCharsets.UTF_8);
      String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      for (String line : lines.split("\n", -1)) {
        consumer.accept(line);
      }
    }
  }
}
