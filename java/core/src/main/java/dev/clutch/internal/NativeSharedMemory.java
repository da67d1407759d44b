package dev.clutch.internal;

/**
 * Blocks of memory, by their address: {@code shared_memory.c}. C checks no position; a timeout is
 * in nanoseconds: 0 not to wait, negative for ever.
 */
final class NativeSharedMemory {
  private NativeSharedMemory() {}

  /** One of so many bytes; 0 without memory. */
  static native long create(long length);

  /** The address of its bytes. */
  static native long data(long memory);

  /** How many bytes it has. */
  static native long length(long memory);

  /**
   * Waits for a notification if the word at that position has the expected value.
   *
   * @param waiter {@link NativeWaiter}, or 0 not to wait
   */
  static native int waitFor(
      long memory, long position, long expected, long nanoseconds, long waiter);

  /** Wakes at most so many who wait for that word; answers how many. */
  static native long notify(long memory, long position, long most);

  /** The bytes of all blocks. */
  static native long total();
}
