package dev.clutch;

import dev.clutch.internal.NativePipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;

/**
 * A native pipe ({@code pipe2} with {@code O_CLOEXEC}): bytes in one direction, between threads,
 * interpreters and processes. In Java its ends are NIO channels; Python code uses their descriptors
 * ({@code os.read(fd, 1024)}), or the file objects that the ends become when they are passed.
 *
 * <p>Each end is closed on its own. When the sink is, and every other descriptor of it, the source
 * gives what is left and then the end of the stream; when the source is, writing fails with "Broken
 * pipe".
 *
 * <p>Any thread may use an end, and several may at once. As with NIO's channels, {@link
 * Thread#interrupt} closes the end that the thread waits at ({@link
 * java.nio.channels.ClosedByInterruptException}), and closing it from another thread ends the wait
 * ({@link java.nio.channels.AsynchronousCloseException}). A virtual thread that waits keeps its
 * carrier.
 */
public final class Pipe implements AutoCloseable {
  private final Source source;
  private final Sink sink;

  private Pipe(Source source, Sink sink) {
    this.source = source;
    this.sink = sink;
  }

  /**
   * Opens one; starts CPython if nothing has yet.
   *
   * @throws IOException if the process may not have more descriptors
   */
  public static Pipe open() throws IOException {
    PythonRuntime.start();
    PipeDescriptors[] ends = PipeDescriptors.open();
    return new Pipe(new Source(ends[0]), new Sink(ends[1]));
  }

  /** The end to read from. */
  public Source source() {
    return source;
  }

  /** The end to write to. */
  public Sink sink() {
    return sink;
  }

  /**
   * How many bytes it holds before writing waits ({@code F_GETPIPE_SZ}).
   *
   * @throws java.nio.channels.ClosedChannelException if the sink is closed
   */
  public int capacity() throws IOException {
    return sink.capacity();
  }

  /**
   * Sets how many bytes it holds, at least ({@code F_SETPIPE_SZ}): the system rounds up to pages.
   *
   * @throws IOException if it holds more now, or the system allows less ({@code
   *     /proc/sys/fs/pipe-max-size})
   * @throws java.nio.channels.ClosedChannelException if the sink is closed
   */
  public void setCapacity(int bytes) throws IOException {
    if (bytes <= 0) {
      throw new IllegalArgumentException("a pipe of " + bytes + " bytes");
    }
    sink.setCapacity(bytes);
  }

  /** Closes both ends. */
  @Override
  public void close() throws IOException {
    source.close();
    sink.close();
  }

  /** The end to read from. */
  public static final class Source extends PipeEnd implements ReadableByteChannel {
    private Source(PipeDescriptors descriptors) {
      super(descriptors);
    }

    /** Reads some bytes, waiting for the first; -1 at the end of the stream. */
    @Override
    public int read(ByteBuffer target) throws IOException {
      return read(target, FOREVER);
    }

    /**
     * The same, but waits no longer than that.
     *
     * @param timeout zero not to wait
     * @return how many bytes it read; 0 if there were none in time; -1 at the end of the stream
     */
    public int read(ByteBuffer target, Duration timeout) throws IOException {
      return read(target, Timeouts.nanoseconds(timeout));
    }

    private int read(ByteBuffer target, long nanoseconds) throws IOException {
      if (target.isReadOnly()) {
        throw new IllegalArgumentException("a read-only buffer to read into");
      }
      return target.hasRemaining() ? enterAndTransferSome(target, nanoseconds) : 0;
    }

    @Override
    int transfer(int descriptor, boolean waits, ByteBuffer target) {
      int at = target.position();
      int length = target.remaining();
      int count =
          target.isDirect()
              ? NativePipe.read(descriptor, waits, target, at, length)
              : NativePipe.readArray(
                  descriptor, waits, target.array(), target.arrayOffset() + at, length);
      if (count > 0) {
        target.position(at + count);
      }
      return count == 0 ? END : count;
    }
  }

  /** The end to write to. */
  public static final class Sink extends PipeEnd implements WritableByteChannel {
    private static final int PIECE = 8 * 1024;

    private Sink(PipeDescriptors descriptors) {
      super(descriptors);
    }

    /** Writes all of it, waiting where the pipe is full. */
    @Override
    public int write(ByteBuffer source) throws IOException {
      return write(source, FOREVER);
    }

    /**
     * The same, but waits no longer than that.
     *
     * @param timeout zero not to wait
     * @return how many bytes it wrote: fewer than there were if the time was over
     */
    public int write(ByteBuffer source, Duration timeout) throws IOException {
      return write(source, Timeouts.nanoseconds(timeout));
    }

    private int write(ByteBuffer source, long nanoseconds) throws IOException {
      long deadline = deadline(nanoseconds);
      if (descriptors.lock(nanoseconds)) {
        try {
          return writeAll(source, nanoseconds, deadline);
        } finally {
          descriptors.unlock();
        }
      }
      // an interrupted thread writes nothing either: it closes this end
      return Thread.currentThread().isInterrupted() ? enterAndTransferSome(source, 0) : 0;
    }

    private int writeAll(ByteBuffer source, long nanoseconds, long deadline) throws IOException {
      int written = 0;
      while (source.hasRemaining()) {
        long left = nanoseconds == FOREVER ? FOREVER : left(deadline);
        int count = transferSome(source, left);
        if (count == 0) {
          break;
        }
        written += count;
      }
      return written;
    }

    @Override
    int transfer(int descriptor, boolean waits, ByteBuffer source) {
      int at = source.position();
      int length = source.remaining();
      int count;
      if (source.isDirect()) {
        count = NativePipe.write(descriptor, waits, source, at, length);
      } else if (source.hasArray()) {
        count =
            NativePipe.writeArray(
                descriptor, waits, source.array(), source.arrayOffset() + at, length);
      } else {
        byte[] piece = new byte[Math.min(length, PIECE)];
        source.duplicate().get(piece);
        count = NativePipe.writeArray(descriptor, waits, piece, 0, piece.length);
      }
      if (count > 0) {
        source.position(at + count);
      }
      return count;
    }
  }
}
