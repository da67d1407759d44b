package dev.clutch;

import dev.clutch.internal.LineBuffered;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The outputs that come with Clutch. */
final class Outputs {
  static final Output STDOUT = utf8 -> print(System.out, utf8);
  static final Output STDERR = utf8 -> print(System.err, utf8);

  private Outputs() {}

  private static void print(PrintStream stream, byte[] utf8) {
    stream.write(utf8, 0, utf8.length);
    stream.flush();
  }

  /** Hands lines to a consumer. */
  record Lines(Consumer<String> consumer) implements Output, LineBuffered {
    @Override
    public void write(byte[] utf8) {
      new String(utf8, StandardCharsets.UTF_8).lines().forEach(consumer);
    }
  }
}
