package dev.clutch.internal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Native pipes: {@code pipe.c}. The methods whose name does not say otherwise answer a negative
 * error number when they fail. Descriptors are the caller's to keep open meanwhile.
 */
public final class NativePipe {
  /** {@code EAGAIN}, negative: nothing can be read or written now. */
  public static final int AGAIN = -11;

  private NativePipe() {}

  /**
   * {@code pipe2} and {@code eventfd}: the descriptors to read from and to write to, and for each
   * what {@link #wake} takes.
   */
  public static native int open(int[] descriptors);

  /** A descriptor for the same end that blocks. */
  public static native int reopen(int fd, boolean writable);

  /** {@code close}. */
  public static native int close(int fd);

  /** {@code F_GETPIPE_SZ}. */
  public static native int capacity(int fd);

  /** {@code F_SETPIPE_SZ}. */
  public static native int setCapacity(int fd, int bytes);

  /** {@code strerror}. */
  public static native String message(int error);

  /** From now on {@link #await} does not wait with this descriptor. */
  public static native int wake(int wakeDescriptor);

  /** Waits until the end can be used (1), or is woken or out of time (0). */
  public static native int await(int fd, int wakeDescriptor, boolean writable, long nanoseconds);

  /** {@code read} into a direct buffer. */
  public static native int read(int fd, ByteBuffer buffer, int position, int length);

  /** {@code write} from a direct buffer. */
  public static native int write(int fd, ByteBuffer buffer, int position, int length);

  /** {@code read} into an array: a few KiB at most. */
  public static native int readArray(int fd, byte[] array, int offset, int length);

  /** {@code write} from an array: a few KiB at most. */
  public static native int writeArray(int fd, byte[] array, int offset, int length);

  /**
   * What a method answered.
   *
   * @throws IOException if that is an error
   */
  public static int checked(int answer) throws IOException {
    if (answer < 0) {
      throw new IOException(message(-answer));
    }
    return answer;
  }
}
