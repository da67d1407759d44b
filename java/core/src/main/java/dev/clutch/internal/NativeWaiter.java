package dev.clutch.internal;

/** Waits that can be interrupted: {@code waiting.c}. */
final class NativeWaiter {
  private NativeWaiter() {}

  /** What a native method that waits takes; 0 without memory. */
  static native long create();

  /** Ends the wait of that waiter, now or when it begins. */
  static native void interrupt(long waiter);

  static native void free(long waiter);
}
