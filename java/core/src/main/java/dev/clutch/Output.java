package dev.clutch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Where an interpreter's {@code sys.stdout} or {@code sys.stderr} goes.
 *
 * <p>Python's text arrives as UTF-8, whole lines at a time; an unfinished line arrives when Python
 * flushes it, or when the interpreter closes. Characters that UTF-8 cannot hold (unpaired
 * surrogates) arrive as backslash escapes, so that no line is lost.
 *
 * <p>An output is called on the thread that runs the Python code, with the GIL released, by one
 * thread at a time for each interpreter. What it throws becomes a {@code clutch.JavaException} in
 * the Python code that printed.
 */
@FunctionalInterface
public interface Output {
  /**
   * Takes the next bytes.
   *
   * @param utf8 whole lines, or an unfinished one that was flushed; the array is the receiver's
   * @throws IOException if they could not be written
   */
  void write(byte[] utf8) throws IOException;

  /** The JVM's standard output: {@link System#out} as it is when Python prints. */
  static Output stdout() {
    return Outputs.STDOUT;
  }

  /** The JVM's standard error: {@link System#err} as it is when Python prints. */
  static Output stderr() {
    return Outputs.STDERR;
  }

  /** A stream, flushed after each write and never closed. */
  static Output to(OutputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return utf8 -> {
      stream.write(utf8);
      stream.flush();
    };
  }

  /**
   * A consumer of lines, without their line ends. An unfinished line is held back until it ends or
   * the interpreter closes.
   */
  static Output lines(Consumer<String> consumer) {
    return new Outputs.Lines(Objects.requireNonNull(consumer, "consumer"));
  }
}
