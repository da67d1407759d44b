package dev.clutch.internal;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values get into queues and channels, and out of them. */
public final class Messages {
  /** In place of a message: there was none in time. */
  public static final Object NONE = new Object();

  /** In place of a message: there will be none any more. */
  public static final Object CLOSED = new Object();

  /** In place of a message: it is None, which is left where it is. */
  public static final Object REFUSED = new Object();

  /** In place of a message: this end is closed. */
  public static final Object CLOSED_HERE = new Object();

  /** In place of a message: something that is none. */
  public static final Object BROKEN = new Object();

  /** How sending ended. */
  public enum Sent {
    /** It was sent. */
    DONE,
    /** There was no room in time. */
    NOT_IN_TIME,
    /** Nobody can receive it any more. */
    CLOSED,
    /** This end is closed. */
    CLOSED_HERE
  }

  /** As in {@code message.h}. */
  private static final int NOT_IN_TIME_ANSWER = -10;

  private static final int INTERRUPTED_ANSWER = -11;
  private static final int CLOSED_ANSWER = -12;
  private static final int IS_NONE_ANSWER = -13;
  private static final int CLOSED_HERE_ANSWER = -14;
  private static final int BROKEN_ANSWER = -15;

  private static final int SPILLED = Response.SPILLED;

  /** Words that say where a message is that does not fit. */
  private static final int SPILLED_BYTES = 24;

  private Messages() {}

  /** A native method that sends. */
  @FunctionalInterface
  public interface Send {
    /**
     * Sends what is at that address.
     *
     * @param attachments addresses of what the message refers to, or null
     * @param nanoseconds how long it may wait: 0 not to, negative for ever
     * @param waiter to wait with, or 0
     */
    long perform(
        long data, long length, long @Nullable [] attachments, long nanoseconds, long waiter);
  }

  /** A native method that receives. */
  @FunctionalInterface
  public interface Receive {
    /** Receives into the buffer, or says there where the message is. */
    long perform(long buffer, long capacity, long nanoseconds, long waiter);
  }

  /**
   * Sends a value.
   *
   * @param nanoseconds 0 not to wait, negative for ever
   * @throws dev.clutch.NotShareableException if it cannot be sent
   * @throws InterruptedException if the thread was interrupted before it was sent
   */
  public static Sent send(Send method, @Nullable Object value, long nanoseconds)
      throws InterruptedException {
    refuseInterrupted(nanoseconds);
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = buffer.encoderOfMessage();
      encoder.value(value, "value");
      long @Nullable [] attachments = encoder.enclosures().attachments();
      long data = buffer.address();
      long length = buffer.length();
      long answer = method.perform(data, length, attachments, 0, 0);
      if (answer == NOT_IN_TIME_ANSWER && nanoseconds != 0) {
        answer =
            InterruptibleWait.perform(
                (time, waiter) -> method.perform(data, length, attachments, time, waiter),
                nanoseconds,
                NOT_IN_TIME_ANSWER);
      }
      return sent(answer);
    } finally {
      buffer.give();
      Reference.reachabilityFence(value); // and what it refers to, which the message retains
    }
  }

  private static Sent sent(long answer) throws InterruptedException {
    return switch ((int) answer) {
      case 0 -> Sent.DONE;
      case NOT_IN_TIME_ANSWER -> Sent.NOT_IN_TIME;
      case CLOSED_ANSWER -> Sent.CLOSED;
      case CLOSED_HERE_ANSWER -> Sent.CLOSED_HERE;
      case INTERRUPTED_ANSWER -> throw interrupted();
      default -> throw new OutOfMemoryError("no native memory for a message");
    };
  }

  /**
   * Receives a value, {@link #NONE} or {@link #CLOSED}.
   *
   * @param nanoseconds 0 not to wait, negative for ever
   * @throws InterruptedException if the thread was interrupted before there was one
   */
  public static @Nullable Object receive(Receive method, long nanoseconds)
      throws InterruptedException {
    refuseInterrupted(nanoseconds);
    CallBuffer buffer = CallBuffer.take();
    try {
      long address = buffer.address();
      int capacity = buffer.capacity();
      long answer = method.perform(address, capacity, 0, 0);
      if (answer == NOT_IN_TIME_ANSWER && nanoseconds != 0) {
        answer =
            InterruptibleWait.perform(
                (time, waiter) -> method.perform(address, capacity, time, waiter),
                nanoseconds,
                NOT_IN_TIME_ANSWER);
      }
      return received(buffer.room(SPILLED_BYTES), answer);
    } finally {
      buffer.give();
    }
  }

  private static @Nullable Object received(ByteBuffer bytes, long answer)
      throws InterruptedException {
    if (answer >= 0) {
      return Decoder.decodeMessage(bytes.limit((int) answer), 0);
    }
    return switch ((int) answer) {
      case SPILLED -> readAndRelease(bytes.getLong(0), bytes.getLong(8), bytes.getLong(16));
      case NOT_IN_TIME_ANSWER -> NONE;
      case CLOSED_ANSWER -> CLOSED;
      case IS_NONE_ANSWER -> REFUSED;
      case CLOSED_HERE_ANSWER -> CLOSED_HERE;
      case BROKEN_ANSWER -> BROKEN;
      case INTERRUPTED_ANSWER -> throw interrupted();
      default -> throw new OutOfMemoryError("no native memory for a message");
    };
  }

  /**
   * Waits for several ends of channels to receive at: which are ready; none if the time was over.
   *
   * @param nanoseconds 0 not to wait, negative for ever
   * @throws InterruptedException if the thread was interrupted before one was
   */
  public static boolean[] select(long[] ends, long nanoseconds) throws InterruptedException {
    refuseInterrupted(nanoseconds);
    boolean[] ready = new boolean[ends.length];
    int answer =
        (int)
            InterruptibleWait.perform(
                (time, waiter) -> NativeChannel.select(ends, ready, time, waiter),
                nanoseconds,
                NOT_IN_TIME_ANSWER);
    if (answer == INTERRUPTED_ANSWER) {
      throw interrupted();
    } else if (answer != 0 && answer != NOT_IN_TIME_ANSWER) {
      throw new OutOfMemoryError("no memory or descriptor to wait for several channels");
    }
    return ready;
  }

  /** The values in messages that C retained: each is released. */
  public static List<@Nullable Object> read(long[] messages) {
    List<@Nullable Object> values = new ArrayList<>(messages.length);
    int released = 0;
    try {
      while (released < messages.length) {
        long message = messages[released++];
        values.add(
            readAndRelease(message, NativeMessage.data(message), NativeMessage.length(message)));
      }
      return values;
    } finally {
      while (released < messages.length) {
        NativeMessage.release(messages[released++]);
      }
    }
  }

  private static @Nullable Object readAndRelease(long message, long data, long length) {
    try {
      return read(message, data, length);
    } finally {
      NativeMessage.release(message);
    }
  }

  private static @Nullable Object read(long message, long data, long length) {
    ByteBuffer view = NativeCallback.view(data, length).order(ByteOrder.LITTLE_ENDIAN);
    return Decoder.decodeMessage(view, message);
  }

  private static void refuseInterrupted(long nanoseconds) throws InterruptedException {
    if (nanoseconds != 0 && Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static InterruptedException interrupted() {
    Thread.interrupted();
    return new InterruptedException();
  }
}
