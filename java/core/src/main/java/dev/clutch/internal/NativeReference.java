package dev.clutch.internal;

/** References that nobody closed: {@code reference.c}. */
public final class NativeReference {
  private NativeReference() {}

  /**
   * Has the next thread that enters the interpreter release the reference. From any thread; does
   * nothing if the interpreter is closed.
   */
  public static native void drop(long interpreter, long reference);
}
