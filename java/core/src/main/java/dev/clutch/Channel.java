package dev.clutch;

import dev.clutch.internal.Messages;
import dev.clutch.internal.NativeChannel;
import dev.clutch.internal.NativePipe;
import dev.clutch.internal.SharedHandle;
import java.io.IOException;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A channel: objects in one direction over a native pipe, from any number of senders to any number
 * of receivers, in Java and in every interpreter; {@code clutch.channel()} opens one in Python. Its
 * ends can be passed to Python, as arguments, by {@link Interpreter#set}, and in messages; an end
 * is the same end everywhere, so closing it closes it for all who have it.
 *
 * <p>Whole messages arrive, each at one receiver, whatever their size; those of one sender in their
 * order. Each is a record in the pipe. Up to 4 KiB it is in its record; a larger one, which the
 * system would copy twice, is handed over in memory. Sending waits while the pipe is full, and
 * while as many bytes as it holds ({@link #capacity}) are on their way beside it; a message that is
 * larger than that is on its way alone. Values are copied, as by {@link InterpreterQueue}, which is
 * for messages that are to be kept.
 *
 * <p>When the end to send at is closed, or nothing refers to it any more, the receivers get what is
 * left, and then the end: {@link End}. When the end to receive at is, sending fails with {@link
 * Closed}, and what was not received is dropped.
 *
 * <p>Any thread may use an end. A thread that waits can be interrupted; for a virtual thread, one
 * of the platform's waits.
 */
public final class Channel implements AutoCloseable {
  private static final long FOREVER = -1;
  private static final long NOT_AT_ALL = 0;

  private final SendEnd sendEnd;
  private final ReceiveEnd receiveEnd;

  private Channel(SendEnd sendEnd, ReceiveEnd receiveEnd) {
    this.sendEnd = sendEnd;
    this.receiveEnd = receiveEnd;
  }

  /**
   * Opens one; starts CPython if nothing has yet.
   *
   * @throws IOException if the process may not have more descriptors
   */
  public static Channel open() throws IOException {
    return opened(0);
  }

  /**
   * The same, over a pipe that holds at least so many bytes.
   *
   * @throws IOException if the process may not have more descriptors, or so large a pipe ({@code
   *     /proc/sys/fs/pipe-max-size})
   */
  public static Channel open(int capacity) throws IOException {
    if (capacity <= 0) {
      throw new IllegalArgumentException("a channel of " + capacity + " bytes");
    }
    return opened(capacity);
  }

  private static Channel opened(int capacity) throws IOException {
    PythonRuntime.start();
    long[] ends = new long[2];
    NativePipe.checked(NativeChannel.open(capacity, ends));
    return new Channel(
        new SendEnd(SharedHandle.adopt(SharedHandle.Kind.SEND_END, ends[0])),
        new ReceiveEnd(SharedHandle.adopt(SharedHandle.Kind.RECEIVE_END, ends[1])));
  }

  /** The end to send at. */
  public SendEnd sendEnd() {
    return sendEnd;
  }

  /** The end to receive at. */
  public ReceiveEnd receiveEnd() {
    return receiveEnd;
  }

  /** How many bytes the pipe holds before sending waits. */
  public int capacity() {
    return sendEnd.capacity();
  }

  /** Closes both ends: what was not received is dropped. */
  @Override
  public void close() {
    sendEnd.close();
    receiveEnd.close();
  }

  /** All messages were received, and nobody can send any more: {@code EOFError} in Python. */
  public static final class End extends NoSuchElementException {
    private static final long serialVersionUID = 1L;

    End() {
      super("the channel is at its end");
    }
  }

  /** An end is closed: {@code clutch.ChannelClosed}. */
  public static final class Closed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Closed(String problem) {
      super(problem);
    }

    static Closed here() {
      return new Closed("this end of the channel is closed");
    }
  }

  /**
   * Waits until something can be received at one of the ends, or its end is reached or closed.
   * Somebody else may receive it first.
   *
   * @return those ends, at least one
   * @throws InterruptedException if the thread is interrupted
   */
  public static List<ReceiveEnd> select(Collection<ReceiveEnd> ends) throws InterruptedException {
    return select(List.copyOf(ends), FOREVER);
  }

  /**
   * The same, but waits no longer than that.
   *
   * @param timeout zero not to wait
   * @return none if the time was over
   */
  public static List<ReceiveEnd> select(Collection<ReceiveEnd> ends, Duration timeout)
      throws InterruptedException {
    return select(List.copyOf(ends), Timeouts.nanoseconds(timeout));
  }

  private static List<ReceiveEnd> select(List<ReceiveEnd> ends, long nanoseconds)
      throws InterruptedException {
    long[] addresses = ends.stream().mapToLong(end -> end.handle.address()).toArray();
    try {
      boolean[] ready = Messages.select(addresses, nanoseconds);
      return IntStream.range(0, ready.length)
          .filter(index -> ready[index])
          .mapToObj(ends::get)
          .toList();
    } finally {
      Reference.reachabilityFence(ends);
    }
  }

  /** The end to send at: {@code clutch.SendEnd}. */
  public static final class SendEnd extends ChannelEnd {
    private final Messages.Send send = this::sendMessage;

    SendEnd(SharedHandle handle) {
      super(handle);
    }

    /**
     * Sends a value, waiting for room.
     *
     * @throws NotShareableException if it cannot be sent, with the path to what is in the way
     * @throws Closed if an end of the channel is closed, also while this waits
     * @throws InterruptedException if the thread is interrupted: then the value was not sent
     */
    public void send(@Nullable Object value) throws InterruptedException {
      send(value, FOREVER);
    }

    /**
     * The same, but waits no longer than that.
     *
     * @return whether it was sent
     */
    public boolean send(@Nullable Object value, Duration timeout) throws InterruptedException {
      return send(value, Timeouts.nanoseconds(timeout));
    }

    /**
     * The same, without waiting.
     *
     * @return whether it was sent
     */
    public boolean sendNowait(@Nullable Object value) {
      try {
        return send(value, NOT_AT_ALL);
      } catch (InterruptedException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private boolean send(@Nullable Object value, long nanoseconds) throws InterruptedException {
      return switch (Messages.send(send, value, nanoseconds)) {
        case DONE -> true;
        case NOT_IN_TIME -> false;
        case CLOSED -> throw new Closed("the end of the channel that receives is closed");
        case CLOSED_HERE -> throw Closed.here();
      };
    }

    private long sendMessage(
        long data, long length, long @Nullable [] attachments, long nanoseconds, long waiter) {
      try {
        return NativeChannel.send(handle.address(), data, length, attachments, nanoseconds, waiter);
      } finally {
        Reference.reachabilityFence(handle);
      }
    }
  }

  /**
   * The end to receive at: {@code clutch.ReceiveEnd}. Iterating receives to the end; only {@code
   * hasNext} waits, and what it received is lost if {@code next} is not called.
   */
  public static final class ReceiveEnd extends ChannelEnd implements Iterable<@Nullable Object> {
    private final Messages.Receive receive = this::receiveMessage;

    ReceiveEnd(SharedHandle handle) {
      super(handle);
    }

    /**
     * Receives the next value, waiting for it; null for {@code None}.
     *
     * @throws End if there are no more
     * @throws Closed if this end is closed, also while this waits
     * @throws InterruptedException if the thread is interrupted: then nothing was received
     */
    public @Nullable Object receive() throws InterruptedException {
      return orEnd(next(FOREVER));
    }

    /**
     * The same, but waits no longer than that.
     *
     * @throws TimeoutException if there was nothing in time
     */
    public @Nullable Object receive(Duration timeout)
        throws InterruptedException, TimeoutException {
      Object value = orEnd(next(Timeouts.nanoseconds(timeout)));
      if (value == Messages.NONE) {
        throw new TimeoutException("nothing was sent in " + timeout);
      }
      return value;
    }

    /**
     * The same, without waiting.
     *
     * @throws TimeoutException if there is nothing
     */
    public @Nullable Object receiveNowait() throws TimeoutException {
      try {
        Object value = orEnd(next(NOT_AT_ALL));
        if (value == Messages.NONE) {
          throw new TimeoutException("nothing was sent");
        }
        return value;
      } catch (InterruptedException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static @Nullable Object orEnd(@Nullable Object value) {
      if (value == Messages.CLOSED) {
        throw new End();
      }
      return value;
    }

    private @Nullable Object next(long nanoseconds) throws InterruptedException {
      Object value = Messages.receive(receive, nanoseconds);
      if (value == Messages.CLOSED_HERE) {
        throw Closed.here();
      } else if (value == Messages.BROKEN) {
        throw new Closed(
            "the channel is broken: somebody else has read from its pipe, or written to it");
      }
      return value;
    }

    private long receiveMessage(long buffer, long capacity, long nanoseconds, long waiter) {
      try {
        return NativeChannel.receive(handle.address(), buffer, capacity, nanoseconds, waiter);
      } finally {
        Reference.reachabilityFence(handle);
      }
    }

    /**
     * Receives each value to the end.
     *
     * @throws IllegalStateException if the thread is interrupted, which it then still is
     */
    @Override
    public Iterator<@Nullable Object> iterator() {
      return new Values(this);
    }
  }

  private static final class Values implements Iterator<@Nullable Object> {
    private final ReceiveEnd end;
    private @Nullable Object next = Messages.NONE;

    Values(ReceiveEnd end) {
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      if (next == Messages.NONE) {
        next = received();
      }
      return next != Messages.CLOSED;
    }

    private @Nullable Object received() {
      try {
        return end.next(FOREVER);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a message", interrupted);
      }
    }

    @Override
    public @Nullable Object next() {
      if (!hasNext()) {
        throw new End();
      }
      Object value = next;
      next = Messages.NONE;
      return value;
    }
  }
}
