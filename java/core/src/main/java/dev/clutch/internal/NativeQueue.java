package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * Queues in memory, by their address: {@code queue.c}. A timeout is in nanoseconds: 0 not to wait,
 * negative for ever. A waiter ({@link NativeWaiter}) is needed only to wait.
 */
public final class NativeQueue {
  private NativeQueue() {}

  /** One that holds so many messages, or any number if 0; 0 without memory. */
  public static native long create(long maxsize);

  /** Puts a message: {@link Messages} has the answers. */
  public static native long put(
      long queue,
      long data,
      long length,
      long @Nullable [] attachments,
      long nanoseconds,
      long waiter);

  /**
   * Gets a message.
   *
   * @param noneToo whether None, too, or to answer that it is the first
   */
  public static native long get(
      long queue, boolean noneToo, long buffer, long capacity, long nanoseconds, long waiter);

  /** Refuses whatever is put from now on. */
  public static native void close(long queue);

  /** Whether it was closed. */
  public static native boolean isClosed(long queue);

  /** How many messages are in it. */
  public static native long size(long queue);

  /** How many it can hold; 0 for any number. */
  public static native long maxsize(long queue);

  /** Its first messages, retained; as many as the array has room for. Answers how many. */
  public static native long snapshot(long queue, long[] messages);
}
