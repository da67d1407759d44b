package dev.clutch;

import dev.clutch.internal.NativePipe;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/** What both ends of a {@link Pipe} have in common. */
abstract class PipeEnd extends AbstractInterruptibleChannel {
  /** Wait as long as it takes. */
  static final long FOREVER = -1;

  /** What {@link #transfer} answers at the end of the stream: no count, and no error number. */
  static final int END = Integer.MIN_VALUE;

  private static final Cleaner CLEANER = Cleaner.create();

  private final PipeDescriptors descriptors;

  PipeEnd(PipeDescriptors descriptors) {
    this.descriptors = descriptors;
    CLEANER.register(this, descriptors);
  }

  /**
   * The descriptor of this end ({@code int}, blocking, close-on-exec), for native code and for
   * Python's {@code os} and {@code select}. It is this channel's: it is closed with it, and must
   * not be closed by others, nor used after.
   *
   * @throws ClosedChannelException if the end is closed
   * @throws IOException if the process may not have another descriptor
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
    try {
      return descriptors.blocking() | (descriptors.writable ? 1L << 32 : 0);
    } catch (IOException noDescriptor) {
      descriptors.leave();
      throw new IllegalStateException(noDescriptor.getMessage(), noDescriptor);
    }
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

  /** Moves what it can without waiting: how much, or {@link #END}, or a negative error number. */
  abstract int transfer(int descriptor, ByteBuffer buffer);

  /** Moves some bytes, at least one: how many; 0 when the time is over, -1 at the end. */
  final int transferSome(ByteBuffer buffer, long nanoseconds) throws IOException {
    descriptors.enter();
    try {
      if (!Thread.currentThread().isInterrupted()) {
        int count = transfer(descriptors.fd, buffer);
        if (count != NativePipe.AGAIN) {
          return result(count);
        }
      }
      return waitAndTransfer(buffer, nanoseconds);
    } finally {
      descriptors.leave();
    }
  }

  private int waitAndTransfer(ByteBuffer buffer, long nanoseconds) throws IOException {
    long deadline = System.nanoTime() + nanoseconds;
    int count = NativePipe.AGAIN;
    boolean waiting = true;
    begin();
    try {
      while (isOpen() && waiting) {
        long left = nanoseconds == FOREVER ? FOREVER : Math.max(0, deadline - System.nanoTime());
        NativePipe.checked(
            NativePipe.await(descriptors.fd, descriptors.wake, descriptors.writable, left));
        count = isOpen() ? transfer(descriptors.fd, buffer) : NativePipe.AGAIN;
        waiting = count == NativePipe.AGAIN && left != 0;
      }
    } finally {
      end(count != NativePipe.AGAIN || !waiting);
    }
    return count == NativePipe.AGAIN ? 0 : result(count);
  }

  private static int result(int count) throws IOException {
    return count == END ? -1 : NativePipe.checked(count);
  }

  /** Called once, by the first close or interrupt. */
  @Override
  protected final void implCloseChannel() {
    descriptors.close();
  }
}
