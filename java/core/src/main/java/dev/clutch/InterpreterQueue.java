package dev.clutch;

import dev.clutch.internal.Messages;
import dev.clutch.internal.NativeQueue;
import dev.clutch.internal.SharedHandle;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue in memory that Java and all interpreters share, as PEP 734 describes it: {@code
 * clutch.Queue} in Python. It becomes that where it is passed to Python, as an argument, by {@link
 * Interpreter#set}, or in a message, and it is the same queue everywhere.
 *
 * <p>Values are copied when they are put: whatever crosses between Java and Python, and what has no
 * Java type as {@link Pickled}. Callables and handles of one interpreter are refused. A message
 * outlives the interpreter that sent it. The messages of one sender keep their order.
 *
 * <p>It is also a {@link BlockingQueue}. What Python calls {@code None} is null to {@link #put},
 * {@link #get} and {@link #take}; the methods to which null means an empty queue refuse it with a
 * {@link NullPointerException} and leave it where it is. {@link #iterator} and what is built on it
 * look at copies of the messages that were in it then, and cannot remove them.
 *
 * <p>Any thread may use it. A thread that waits needs no polling, wakes at once, and can be
 * interrupted; for a virtual thread, one of the platform's waits. The queue is freed when nothing
 * in Java and Python refers to it any more; one that contains itself never is.
 */
public final class InterpreterQueue extends AbstractQueue<@Nullable Object>
    implements BlockingQueue<@Nullable Object>, AutoCloseable {
  private static final long FOREVER = -1;
  private static final long NOT_AT_ALL = 0;
  private static final String NONE = "the first value is None, which get() and take() can return";

  final SharedHandle handle;
  private final Messages.Send put = this::putMessage;
  private final Messages.Receive get = this::getMessage;
  private final Messages.Receive getElement = this::getElement;

  InterpreterQueue(SharedHandle handle) {
    this.handle = handle;
  }

  /** Makes one that holds any number of messages; starts CPython if nothing has yet. */
  public static InterpreterQueue create() {
    return create(0);
  }

  /**
   * Makes one.
   *
   * @param maxsize how many messages it holds at most; 0 for any number
   */
  public static InterpreterQueue create(int maxsize) {
    if (maxsize < 0) {
      throw new IllegalArgumentException("a queue of " + maxsize + " messages");
    }
    PythonRuntime.start();
    return new InterpreterQueue(
        SharedHandle.adopt(SharedHandle.Kind.QUEUE, NativeQueue.create(maxsize)));
  }

  /** Nothing was in the queue in time: {@code clutch.QueueEmpty}. */
  public static final class Empty extends NoSuchElementException {
    private static final long serialVersionUID = 1L;

    Empty() {
      super("the queue is empty");
    }
  }

  /** There was no room in the queue in time: {@code clutch.QueueFull}. */
  public static final class Full extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Full() {
      super("the queue is full");
    }
  }

  /** The queue was closed: {@code clutch.QueueClosed}. */
  public static final class Closed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Closed() {
      super("the queue is closed");
    }
  }

  // -- putting --

  /**
   * Puts a value at the end, waiting for room.
   *
   * @throws NotShareableException if it cannot be sent, with the path to what is in the way
   * @throws Closed if the queue is closed, also while this waits
   * @throws InterruptedException if the thread is interrupted: then the value was not put
   */
  @Override
  public void put(@Nullable Object value) throws InterruptedException {
    put(value, FOREVER);
  }

  /**
   * The same, but waits no longer than that.
   *
   * @throws Full if there was no room in time
   */
  public void put(@Nullable Object value, Duration timeout) throws InterruptedException {
    if (!put(value, Timeouts.nanoseconds(timeout))) {
      throw new Full();
    }
  }

  /**
   * The same, without waiting.
   *
   * @throws Full if there is no room
   */
  public void putNowait(@Nullable Object value) {
    if (!putWithoutWaiting(value)) {
      throw new Full();
    }
  }

  @Override
  public boolean offer(@Nullable Object value) {
    return putWithoutWaiting(Objects.requireNonNull(value, "put() takes null, offer() cannot"));
  }

  @Override
  public boolean offer(@Nullable Object value, long timeout, TimeUnit unit)
      throws InterruptedException {
    Objects.requireNonNull(value, "put() takes null, offer() cannot");
    return put(value, Math.max(0, unit.toNanos(timeout)));
  }

  private boolean putWithoutWaiting(@Nullable Object value) {
    try {
      return put(value, NOT_AT_ALL);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private boolean put(@Nullable Object value, long nanoseconds) throws InterruptedException {
    return switch (Messages.send(put, value, nanoseconds)) {
      case DONE -> true;
      case NOT_IN_TIME -> false;
      case CLOSED, CLOSED_HERE -> throw new Closed();
    };
  }

  private long putMessage(
      long data, long length, long @Nullable [] attachments, long nanoseconds, long waiter) {
    try {
      return NativeQueue.put(handle.address(), data, length, attachments, nanoseconds, waiter);
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  // -- getting --

  /**
   * Takes the first value, waiting for one; null for {@code None}.
   *
   * @throws Closed if the queue is closed and empty, also if that happens while this waits
   * @throws InterruptedException if the thread is interrupted: then nothing was taken
   */
  public @Nullable Object get() throws InterruptedException {
    return get(get, FOREVER);
  }

  /**
   * The same, but waits no longer than that.
   *
   * @throws Empty if there was nothing in time
   */
  public @Nullable Object get(Duration timeout) throws InterruptedException {
    return orEmpty(get(get, Timeouts.nanoseconds(timeout)));
  }

  /**
   * The same, without waiting.
   *
   * @throws Empty if there is nothing
   */
  public @Nullable Object getNowait() {
    return orEmpty(getWithoutWaiting(get));
  }

  private static @Nullable Object orEmpty(@Nullable Object value) {
    if (value == Messages.NONE) {
      throw new Empty();
    }
    return value;
  }

  @Override
  public @Nullable Object take() throws InterruptedException {
    return get();
  }

  @Override
  public @Nullable Object poll() {
    return orNull(getWithoutWaiting(getElement));
  }

  @Override
  public @Nullable Object poll(long timeout, TimeUnit unit) throws InterruptedException {
    return orNull(get(getElement, Math.max(0, unit.toNanos(timeout))));
  }

  @Override
  public @Nullable Object peek() {
    List<@Nullable Object> first = snapshot(1);
    if (first.isEmpty()) {
      return null;
    }
    return Objects.requireNonNull(first.get(0), NONE);
  }

  private static @Nullable Object orNull(@Nullable Object value) {
    return value == Messages.NONE ? null : Objects.requireNonNull(value, NONE);
  }

  private @Nullable Object getWithoutWaiting(Messages.Receive method) {
    try {
      return get(method, NOT_AT_ALL);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private @Nullable Object get(Messages.Receive method, long nanoseconds)
      throws InterruptedException {
    Object value = Messages.receive(method, nanoseconds);
    if (value == Messages.CLOSED) {
      throw new Closed();
    }
    if (value == Messages.REFUSED) {
      throw new NullPointerException(NONE);
    }
    return value;
  }

  private long getMessage(long buffer, long capacity, long nanoseconds, long waiter) {
    return getMessage(true, buffer, capacity, nanoseconds, waiter);
  }

  private long getElement(long buffer, long capacity, long nanoseconds, long waiter) {
    return getMessage(false, buffer, capacity, nanoseconds, waiter);
  }

  private long getMessage(
      boolean noneToo, long buffer, long capacity, long nanoseconds, long waiter) {
    try {
      return NativeQueue.get(handle.address(), noneToo, buffer, capacity, nanoseconds, waiter);
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  @Override
  public int drainTo(Collection<? super @Nullable Object> target) {
    return drainTo(target, Integer.MAX_VALUE);
  }

  @Override
  public int drainTo(Collection<? super @Nullable Object> target, int most) {
    Objects.requireNonNull(target, "target");
    if (target == this) {
      throw new IllegalArgumentException("a queue cannot be drained to itself");
    }
    int count = 0;
    while (count < most && drainOne(target::add)) {
      count++;
    }
    return count;
  }

  private boolean drainOne(Consumer<@Nullable Object> target) {
    try {
      Object value = getWithoutWaiting(get);
      if (value != Messages.NONE) {
        target.accept(value);
      }
      return value != Messages.NONE;
    } catch (Closed andEmpty) {
      return false;
    }
  }

  /** Takes and forgets what is in it, None too. */
  @Override
  public void clear() {
    boolean more = true;
    while (more) {
      more = drainOne(forgotten -> {});
    }
  }

  // -- looking --

  /** How many messages it holds at most; 0 for any number. */
  public int maxsize() {
    try {
      return (int) Math.min(Integer.MAX_VALUE, NativeQueue.maxsize(handle.address()));
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  /** How many messages are in it now. */
  public int qsize() {
    try {
      return (int) Math.min(Integer.MAX_VALUE, NativeQueue.size(handle.address()));
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  @Override
  public int size() {
    return qsize();
  }

  @Override
  public int remainingCapacity() {
    return maxsize() == 0 ? Integer.MAX_VALUE : Math.max(0, maxsize() - qsize());
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return Collections.unmodifiableList(snapshot(qsize())).iterator();
  }

  private List<@Nullable Object> snapshot(int most) {
    long[] messages = new long[most];
    try {
      int count = (int) NativeQueue.snapshot(handle.address(), messages);
      return Messages.read(Arrays.copyOf(messages, count));
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  // -- closing --

  /** Whether it was closed, by whomever. */
  public boolean isClosed() {
    try {
      return NativeQueue.isClosed(handle.address());
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  /**
   * Refuses every further value, everywhere. What is in the queue can still be taken. Whoever waits
   * for room is refused, and whoever waits for a value, too. Closing it again does nothing.
   */
  @Override
  public void close() {
    try {
      NativeQueue.close(handle.address());
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  /** Whether both are the same queue. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof InterpreterQueue queue && queue.handle.equals(handle);
  }

  @Override
  public int hashCode() {
    return handle.hashCode();
  }

  /** Says how many messages are in it, but shows none. */
  @Override
  public String toString() {
    return "InterpreterQueue[" + qsize() + " messages]";
  }
}
