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

  /** {@code pipe2}: the descriptors to read from and to write to, which do not block. */
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

  /**
   * Ends the waits at a descriptor, and nobody waits there any more: it becomes one that can
   * neither be read nor written.
   */
  public static native int wake(int fd);

  /** Waits until the end can be used, or is woken, or the time is over, or for no reason. */
  public static native int await(int fd, boolean writable, long nanoseconds);

  /**
   * {@code read} into a direct buffer.
   *
   * @param waits whether the descriptor blocks; {@link #wake} ends it, and others may: {@link
   *     #AGAIN}
   */
  public static native int read(int fd, boolean waits, ByteBuffer buffer, int position, int length);

  /** {@code write} from a direct buffer; the same. */
  public static native int write(
      int fd, boolean waits, ByteBuffer buffer, int position, int length);

  /** {@code read} into an array: a few KiB at most; the same. */
  public static native int readArray(int fd, boolean waits, byte[] array, int offset, int length);

  /** {@code write} from an array: a few KiB at most; the same. */
  public static native int writeArray(int fd, boolean waits, byte[] array, int offset, int length);

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
