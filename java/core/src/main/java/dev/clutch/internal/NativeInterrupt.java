package dev.clutch.internal;

/** Interrupts: {@code interrupt.c}, {@code turn.c}. */
final class NativeInterrupt {
  private NativeInterrupt() {}

  /**
   * Interrupts what runs in an interpreter, but not the calling thread: 0, or that it is closed.
   */
  static native long interrupt(long handle);

  /** The same for what has not ended yet; false if all has. */
  static native boolean again(long handle);

  /**
   * Interrupts what one thread runs: in which interpreter, or 0.
   *
   * @param asSeen only if it still runs what it ran at the last look
   */
  static native long interruptThread(long thread, boolean asSeen);

  /** Whether a thread is attached to it, and does nothing in it; false if it is closed. */
  static native boolean isKeptByIdleThread(long handle);

  /**
   * Fills in the ids of threads that run the same Python code as at the last look: how many, or -1
   * if no thread runs any.
   */
  static native int look(long[] threads);

  /** Waits until some thread runs Python code, or for a second. */
  static native void awaitTurn();
}
