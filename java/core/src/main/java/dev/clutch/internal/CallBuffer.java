package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a native method reads its request from and writes its response to. A thread keeps the
 * ones it used, a nested call takes another.
 */
final class CallBuffer {
  private static final int INITIAL = 8 * 1024;

  /** What grew beyond this is not kept. */
  private static final int KEPT = 1024 * 1024;

  private static final int CLOSED = -1;
  private static final int SPILLED = -3;
  private static final int CLOSING = -4;

  private static final ThreadLocal<CallBuffer> SPARE = new ThreadLocal<>();

  private ByteBuffer bytes = allocate(INITIAL);
  private long address = NativeCallback.address(bytes);
  private @Nullable CallBuffer nextSpare;

  /** One for the calling thread, empty. */
  static CallBuffer take() {
    CallBuffer taken = SPARE.get();
    if (taken == null) {
      return new CallBuffer();
    }
    SPARE.set(taken.nextSpare);
    taken.bytes.clear();
    return taken;
  }

  static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Gives it back to the calling thread, which took it. */
  void give() {
    if (bytes.capacity() <= KEPT) {
      nextSpare = SPARE.get();
      SPARE.set(this);
    }
  }

  long address() {
    return address;
  }

  int capacity() {
    return bytes.capacity();
  }

  int length() {
    return bytes.position();
  }

  long getLong(int index) {
    return bytes.getLong(index);
  }

  /** The buffer, with room for so many more bytes. */
  ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      grow(count);
    }
    return bytes;
  }

  private void grow(int count) {
    long needed = (long) bytes.position() + count;
    if (needed > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a value of more than " + needed + " bytes cannot cross at once: the limit is 2 GiB");
    }
    long doubled = Math.min(Integer.MAX_VALUE, bytes.capacity() * 2L);
    ByteBuffer larger = allocate((int) Math.max(needed, doubled));
    larger.put(bytes.flip());
    bytes = larger;
    address = NativeCallback.address(bytes);
  }

  /**
   * The value in the response.
   *
   * @param status what the native method returned
   * @throws Failure if it is not a value
   */
  @Nullable Object result(long status) {
    if (status >= 0) {
      return read(bytes.clear().limit((int) status));
    }
    if (status == SPILLED) {
      return spilled(bytes.getLong(0), bytes.getLong(8));
    }
    throw new Failure(kind(status), null);
  }

  private static Failure.Kind kind(long status) {
    return switch ((int) status) {
      case CLOSED -> Failure.Kind.CLOSED;
      case CLOSING -> Failure.Kind.CLOSING;
      default -> Failure.Kind.NO_MEMORY;
    };
  }

  private static @Nullable Object spilled(long at, long length) {
    try {
      return read(NativeCallback.view(at, length).order(ByteOrder.LITTLE_ENDIAN));
    } finally {
      NativeCallback.free(at);
    }
  }

  private static @Nullable Object read(ByteBuffer response) {
    byte kind = response.get();
    Object value = Decoder.decode(response);
    return switch (kind) {
      case 'R' -> value;
      case 'E' -> throw new Failure(Failure.Kind.PYTHON, value);
      case 'X' -> throw new Failure(Failure.Kind.NOT_SHAREABLE, value);
      case 'B' -> throw new Failure(Failure.Kind.BUSY, value);
      default -> throw new Failure(Failure.Kind.FAILED, value);
    };
  }
}
