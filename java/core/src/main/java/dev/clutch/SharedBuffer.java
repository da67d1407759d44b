package dev.clutch;

import dev.clutch.internal.SharedHandle;
import dev.clutch.internal.SharedMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A block of memory that Java and all interpreters see at once, or a part of one: a {@link
 * ByteBuffer} here and a {@code memoryview} in Python, of the same bytes. An object of this class
 * says which bytes, and what Python shall take them for: items of a format in a shape, as PEP 3118
 * describes them. {@link #slice} and {@link #view} make others of the same memory.
 *
 * <p>Where one is passed to Python, as an argument, by {@link Interpreter#set}, or through an
 * {@link InterpreterQueue}, it becomes a {@code memoryview} whose {@code obj} is a {@code
 * clutch.SharedBuffer}. Where Python passes a {@code clutch.SharedBuffer}, it becomes an object of
 * this class. A {@code memoryview} of one that is put into a queue becomes one, too; a {@code
 * memoryview} that is returned to Java becomes a {@link ByteBuffer}, as any other does. What a
 * queue copies nevertheless are views that are read-only or have gaps.
 *
 * <p>Plain reads and writes are as those of an array that threads share: another thread sees them
 * in any order, unless something orders them. The aligned longs of the memory do: they can be read
 * and written with sequential consistency, from both sides, and a thread can wait for one of them
 * to change. They are numbered from the beginning of the slice or view, which has to begin at a
 * multiple of eight bytes of the block, and are in native byte order.
 *
 * <p>There is nothing to close. The memory is freed when the last that shows it is gone: an object
 * of this class, a ByteBuffer, also one that was derived from another, or an object in an
 * interpreter, whichever made it. Those of Java go when the garbage collector finds them; when
 * there are more bytes in such blocks than the Java heap may have, making another starts it.
 *
 * <p>Any thread may use it.
 */
public final class SharedBuffer {
  private static final long FOREVER = -1;
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final SharedMemory memory;

  /** Where this begins in the memory, in bytes. */
  private final int offset;

  private final ByteBuffer bytes;
  private final BufferLayout layout;

  private SharedBuffer(SharedMemory memory, int offset, BufferLayout layout) {
    this.memory = memory;
    this.offset = offset;
    this.bytes = memory.slice(offset, (int) layout.byteSize());
    this.layout = layout;
  }

  /**
   * Makes a new block of memory, all zero; starts CPython if nothing has yet. It takes up memory
   * only where something was written.
   *
   * @param bytes how many: from 1 to {@link Integer#MAX_VALUE}, which is what a ByteBuffer can show
   * @throws IllegalArgumentException if it is another number
   * @throws OutOfMemoryError if there is no memory for it
   */
  public static SharedBuffer allocate(long bytes) {
    if (bytes < 1 || bytes > SharedMemory.MOST) {
      throw new IllegalArgumentException(
          "a SharedBuffer has 1 to " + SharedMemory.MOST + " bytes (2 GiB - 1), but not " + bytes);
    }
    PythonRuntime.start();
    return new SharedBuffer(SharedMemory.allocate(bytes), 0, BufferLayout.ofBytes(bytes));
  }

  // -- what it shows --

  /** How many bytes it has. */
  public long byteSize() {
    return bytes.capacity();
  }

  /**
   * The format of its items: a native one of Python's module {@code struct}, such as {@code "B"}
   * for bytes without a sign, and {@code "d"} for doubles.
   */
  public String format() {
    return layout.format();
  }

  /** How many items it has in each dimension: an array of the caller's own. */
  public long[] shape() {
    return layout.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Its bytes, in the order of the processor; a new buffer each time, whose position is 0. The
   * memory stays as long as that or one derived from it can be reached.
   */
  public ByteBuffer byteBuffer() {
    return bytes.duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * A part of it, as bytes.
   *
   * @param from its first byte, counted from the beginning of this one
   * @param size how many bytes it has
   * @throws IndexOutOfBoundsException if they are not all in this one
   */
  public SharedBuffer slice(long from, long size) {
    Objects.checkFromIndexSize(from, size, byteSize());
    return new SharedBuffer(memory, offset + (int) from, BufferLayout.ofBytes(size));
  }

  /**
   * The same memory as items of another format, in C order: what Python then sees.
   *
   * @param format one of {@code b B h H i I l L q Q e f d n N P ? c}, with the native sizes that
   *     they have in Python's module {@code struct}
   * @param shape how many items there are in each dimension; without it, one dimension of as many
   *     as fit. Bytes that are left over at the end are not part of the view.
   * @throws IllegalArgumentException if there is no such format or shape, or not enough memory for
   *     it
   */
  public SharedBuffer view(String format, long... shape) {
    BufferLayout viewed =
        shape.length == 0
            ? BufferLayout.fitting(format, byteSize())
            : BufferLayout.of(format, shape);
    if (viewed.byteSize() > byteSize()) {
      throw new IllegalArgumentException(
          "a view of format "
              + format
              + " and shape "
              + viewed.shape()
              + " has "
              + viewed.byteSize()
              + " bytes, but there are "
              + byteSize());
    }
    return new SharedBuffer(memory, offset, viewed);
  }

  // -- longs --

  /**
   * Reads a long.
   *
   * @param index its number; there is one in each eight bytes
   * @throws IndexOutOfBoundsException if there is no such number
   * @throws IllegalStateException if this begins at no multiple of eight bytes of the memory
   */
  public long getLong(long index) {
    int at = position(index);
    try {
      return (long) LONGS.getVolatile(bytes, at);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Writes a long.
   *
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   */
  public void setLong(long index, long value) {
    int at = position(index);
    try {
      LONGS.setVolatile(bytes, at, value);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Adds to a long, in one step; it wraps around.
   *
   * @return what it was before
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   */
  public long addLong(long index, long delta) {
    int at = position(index);
    try {
      return (long) LONGS.getAndAdd(bytes, at, delta);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Writes a long if it has the expected value, in one step.
   *
   * @return whether it had
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   */
  public boolean compareAndSetLong(long index, long expected, long value) {
    int at = position(index);
    try {
      return LONGS.compareAndSet(bytes, at, expected, value);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private int position(long index) {
    if (offset % Long.BYTES != 0) {
      throw new IllegalStateException(
          "longs are aligned to 8 bytes, but this begins at byte " + offset + " of its memory");
    }
    return (int) Objects.checkIndex(index, byteSize() / Long.BYTES) * Long.BYTES;
  }

  // -- waiting --

  /**
   * Waits until somebody, in Java or in Python, notifies those who wait for that long; but not if
   * it has another value than the one expected. Who changes the long first and notifies then is
   * never missed. A notification says that it may be worth looking again, so this belongs in a
   * loop:
   *
   * <pre>{@code
   * long seen;
   * while ((seen = buffer.getLong(0)) == 0) {
   *   buffer.waitForLong(0, seen);
   * }
   * }</pre>
   *
   * <p>The thread polls nothing and wakes at once. For a virtual thread, one of the platform's
   * waits.
   *
   * @return true
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean waitForLong(long index, long expected) throws InterruptedException {
    return memory.waitFor(offset + position(index), expected, FOREVER);
  }

  /**
   * The same, but waits no longer than that.
   *
   * @return whether there was a notification, or the long had another value: false if the time was
   *     over
   */
  public boolean waitForLong(long index, long expected, Duration timeout)
      throws InterruptedException {
    return memory.waitFor(offset + position(index), expected, Timeouts.nanoseconds(timeout));
  }

  /**
   * Wakes as many of those who wait for that long, in Java and in every interpreter; the first to
   * come first.
   *
   * @param count how many at most
   * @return how many there were
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   */
  public long notifyLong(long index, long count) {
    if (count < 0) {
      throw new IllegalArgumentException("a negative count: " + count);
    }
    return memory.notify(offset + position(index), count);
  }

  /**
   * Wakes all who wait for that long.
   *
   * @return how many there were
   * @throws IndexOutOfBoundsException as {@link #getLong}
   * @throws IllegalStateException as {@link #getLong}
   */
  public long notifyAllLong(long index) {
    return notifyLong(index, Long.MAX_VALUE);
  }

  // -- crossing --

  SharedHandle handle() {
    return memory.handle();
  }

  /** What {@code layout.c} reads. */
  Object details() {
    return new Object[] {(long) offset, byteSize(), format(), layout.shape().toArray()};
  }

  /**
   * What {@code shared_buffer.c} wrote: four parts for a SharedBuffer, three for a ByteBuffer.
   *
   * @throws IllegalStateException if it is neither, or not in the memory
   */
  static Object received(SharedHandle handle, @Nullable Object details) {
    try {
      List<?> parts = (List<?>) Objects.requireNonNull(details);
      SharedMemory memory = new SharedMemory(handle);
      long offset = (Long) parts.get(0);
      long length = (Long) parts.get(1);
      Objects.checkFromIndexSize(offset, length, memory.length());
      return parts.size() == 3
          ? receivedBytes(memory.slice((int) offset, (int) length), (Boolean) parts.get(2))
          : receivedView(memory, (int) offset, length, parts);
    } catch (ClassCastException
        | NullPointerException
        | IllegalArgumentException
        | IndexOutOfBoundsException malformed) {
      throw new IllegalStateException("malformed value from Python: " + details, malformed);
    }
  }

  private static ByteBuffer receivedBytes(ByteBuffer bytes, boolean readOnly) {
    return readOnly ? bytes.asReadOnlyBuffer().order(ByteOrder.nativeOrder()) : bytes;
  }

  private static SharedBuffer receivedView(
      SharedMemory memory, int offset, long length, List<?> parts) {
    long[] shape = ((List<?>) parts.get(3)).stream().mapToLong(part -> (Long) part).toArray();
    BufferLayout layout = BufferLayout.of((String) parts.get(2), shape);
    if (layout.byteSize() != length) {
      throw new IllegalArgumentException(layout + " in " + length + " bytes");
    }
    return new SharedBuffer(memory, offset, layout);
  }

  /** Whether both show the same bytes of the same memory in the same format and shape. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SharedBuffer buffer
        && buffer.handle().equals(handle())
        && buffer.offset == offset
        && buffer.layout.equals(layout);
  }

  @Override
  public int hashCode() {
    return Objects.hash(handle(), offset, layout);
  }

  /** Says what it shows, but no content. */
  @Override
  public String toString() {
    return "SharedBuffer["
        + byteSize()
        + " bytes, format="
        + format()
        + ", shape="
        + layout.shape()
        + "]";
  }
}
