package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * Channels, by the addresses of their ends: {@code channel.c}. A timeout is in nanoseconds: 0 not
 * to wait, negative for ever. {@link Messages} has the answers.
 */
public final class NativeChannel {
  private NativeChannel() {}

  /**
   * Opens one over a pipe of at least so many bytes (0: as the system makes them). Answers 0 and
   * the addresses of the ends to send and to receive at, or a negative error number.
   */
  public static native int open(int capacity, long[] ends);

  /** Sends a message. */
  public static native long send(
      long end,
      long data,
      long length,
      long @Nullable [] attachments,
      long nanoseconds,
      long waiter);

  /** Receives a message. */
  public static native long receive(
      long end, long buffer, long capacity, long nanoseconds, long waiter);

  /** Waits for several ends to receive at; says which are ready. */
  public static native long select(long[] ends, boolean[] ready, long nanoseconds, long waiter);

  /** Closes an end. */
  public static native void close(long end);

  /** Whether an end was closed. */
  public static native boolean isClosed(long end);

  /** How many bytes the pipe holds. */
  public static native int capacity(long end);
}
