package dev.clutch.internal;

/** What Java and all interpreters have in common, by its address: {@code shared.c}. */
final class NativeShared {
  private NativeShared() {}

  /** One reference more. */
  static native void retain(long address);

  /** Gives back a reference: the last one frees it. */
  static native void release(long address);

  /** What it is: {@link SharedHandle.Kind}. */
  static native int kind(long address);
}
