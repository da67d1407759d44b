package dev.clutch.internal;

/**
 * Runs code in an interpreter: {@code execution.c}. Each method reads an encoded request of {@code
 * length} bytes at {@code buffer}, and answers the length of the response it wrote over it, or a
 * negative status ({@link CallBuffer#response}).
 */
final class NativeExecution {
  private NativeExecution() {}

  static native long run(long handle, long buffer, int length, int capacity);

  static native long runFile(long handle, long buffer, int length, int capacity);

  static native long eval(long handle, long buffer, int length, int capacity);

  static native long call(long handle, long buffer, int length, int capacity);

  static native long set(long handle, long buffer, int length, int capacity);

  static native long get(long handle, long buffer, int length, int capacity);

  static native long interrupt(long handle, long buffer, int length, int capacity);

  static native long list(long handle, long buffer, int length, int capacity);

  static native long prepareExit(long handle, long buffer, int length, int capacity);
}
