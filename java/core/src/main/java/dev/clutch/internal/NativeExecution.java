package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * Runs code in an interpreter: {@code execution.c}. Each method reads an encoded request of {@code
 * length} bytes at {@code buffer}, and answers the length of the response it wrote after it, or a
 * negative status ({@link CallBuffer#result}). {@code wanted} is one of {@link Wanted}'s codes,
 * {@code large} the arrays that the request counts in, if any.
 */
final class NativeExecution {
  private NativeExecution() {}

  static native long run(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long runFile(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long eval(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long call(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long set(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long get(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long list(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long prepareExit(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);
}
