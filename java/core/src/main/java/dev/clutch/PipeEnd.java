package dev.clutch;

import dev.clutch.internal.Cleanup;
import dev.clutch.internal.NativePipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/** What both ends of a {@link Pipe} have in common. */
abstract class PipeEnd extends AbstractInterruptibleChannel {
  /** Wait as long as it takes. */
  static final long FOREVER = -1;

  /** What {@link #transfer} answers at the end of the stream: no count, and no error number. */
  static final int END = Integer.MIN_VALUE;

  final PipeDescriptors descriptors;

  PipeEnd(PipeDescriptors descriptors) {
    this.descriptors = descriptors;
    Cleanup.register(this, descriptors);
  }

  /**
   * The descriptor of this end ({@code int}, blocking, close-on-exec), for native code and for
   * Python's {@code os} and {@code select}. It is this channel's: it is closed with it, and must
   * not be closed by others, nor used after.
   *
   * @throws ClosedChannelException if the end is closed
   */
  public int fd() throws IOException {
    descriptors.enter();
    try {
      return descriptors.give();
    } finally {
      descriptors.leave();
    }
  }

  /** As {@code CallbackHost.lend}. */
  final long lend() {
    try {
      descriptors.enter();
    } catch (ClosedChannelException closed) {
      throw new IllegalStateException("this end of the pipe is closed", closed);
    }
    return descriptors.fd | (descriptors.writable ? 1L << 32 : 0);
  }

  /** As {@code CallbackHost.takeBack}. */
  final void takeBack() {
    descriptors.leave();
  }

  final int capacity() throws IOException {
    descriptors.enter();
    try {
      return NativePipe.checked(NativePipe.capacity(descriptors.fd));
    } finally {
      descriptors.leave();
    }
  }

  final void setCapacity(int bytes) throws IOException {
    descriptors.enter();
    try {
      NativePipe.checked(NativePipe.setCapacity(descriptors.fd, bytes));
    } finally {
      descriptors.leave();
    }
  }

  /**
   * Moves what it can, waiting only if the descriptor does: how much, or {@link #END}, or a
   * negative error number.
   */
  abstract int transfer(int descriptor, boolean waits, ByteBuffer buffer);

  /**
   * Moves some bytes, at least one: how many; 0 when the time is over, -1 at the end. The caller is
   * inside.
   */
  final int transferSome(ByteBuffer buffer, long nanoseconds) throws IOException {
    if (!Thread.currentThread().isInterrupted()) {
      int count = transfer(descriptors.fd, false, buffer);
      if (count != NativePipe.AGAIN) {
        return result(count);
      }
    }
    return waitAndTransfer(buffer, nanoseconds);
  }

  /** The same, for callers outside. */
  final int enterAndTransferSome(ByteBuffer buffer, long nanoseconds) throws IOException {
    descriptors.enter();
    try {
      return transferSome(buffer, nanoseconds);
    } finally {
      descriptors.leave();
    }
  }

  private int waitAndTransfer(ByteBuffer buffer, long nanoseconds) throws IOException {
    long deadline = deadline(nanoseconds);
    int count = NativePipe.AGAIN;
    boolean over = false;
    begin();
    try {
      while (isOpen() && count == NativePipe.AGAIN && !over) {
        if (nanoseconds == FOREVER) {
          count = transfer(descriptors.blocking, true, buffer);
        } else {
          long left = left(deadline);
          over = left == 0;
          if (!over) {
            NativePipe.checked(NativePipe.await(descriptors.blocking, descriptors.writable, left));
          }
          count = transfer(descriptors.fd, false, buffer);
        }
      }
    } finally {
      // a close may end the wait of a write that has already moved some
      end(over || (descriptors.writable ? !buffer.hasRemaining() : count >= 0 || count == END));
    }
    return count == NativePipe.AGAIN ? 0 : result(count);
  }

  private static int result(int count) throws IOException {
    return count == END ? -1 : NativePipe.checked(count);
  }

  /** On the clock of {@link System#nanoTime}, which nobody asks who does not need to. */
  static long deadline(long nanoseconds) {
    return nanoseconds == FOREVER ? 0 : System.nanoTime() + nanoseconds;
  }

  static long left(long deadline) {
    return Math.max(0, deadline - System.nanoTime());
  }

  /** Called once, by the first close or interrupt. */
  @Override
  protected final void implCloseChannel() {
    descriptors.close();
  }
}
