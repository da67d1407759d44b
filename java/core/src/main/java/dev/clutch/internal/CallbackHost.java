package dev.clutch.internal;

/** What callbacks need of the public classes. */
public interface CallbackHost {
  /**
   * Notes that Python code of the interpreter calls Java on this thread; answers what was noted.
   */
  long enter(long interpreter);

  /** Restores what {@link #enter} answered. */
  void leave(long previous);

  /**
   * Writes to the interpreter's {@code sys.stdout} (0) or {@code sys.stderr} (1).
   *
   * @throws Exception what the output throws
   */
  void write(long interpreter, int stream, byte[] utf8) throws Exception;
}
