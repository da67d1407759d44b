package dev.clutch.internal;

/** Python's frames: {@code dump.c}. */
final class NativeDump {
  private NativeDump() {}

  /**
   * Reads the frames of all threads of an interpreter, in the form that {@link PythonStacks} reads.
   *
   * @param patience how many nanoseconds to wait for code that runs in it, before they are read
   *     while it does
   * @return the length of the response, or a negative status
   */
  static native long dump(long handle, long patience, long buffer, int capacity);

  /** Whether code in it comes to its next instruction in so many nanoseconds; true if closed. */
  static native boolean reachesBytecode(long handle, long patience);

  /** The Java id of the thread that Python knows by that identifier, or 0. */
  static native long javaThread(long ident);
}
