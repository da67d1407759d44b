package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * What is done with a Python object that Java holds: {@code object.c}. The methods are of the same
 * kind as those of {@link NativeExecution}; a request begins with the reference.
 */
final class NativeObject {
  private NativeObject() {}

  static native long same(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long length(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long str(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long repr(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long hash(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long truth(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long iterate(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long view(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long equal(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long isInstance(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long getAttribute(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long hasAttribute(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long setAttribute(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long deleteAttribute(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long getItem(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long setItem(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long deleteItem(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long next(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long resolve(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long release(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long call(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long callMethod(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  static native long callAll(
      long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);

  /**
   * Calls the object with up to three small ints, each as {@link Word} has it, and answers a word;
   * or, with the tag {@link Word#ELSEWHERE}, where the response is; or a negative status.
   */
  static native long callWords(
      long handle, long reference, int wanted, int count, long first, long second, long third);
}
