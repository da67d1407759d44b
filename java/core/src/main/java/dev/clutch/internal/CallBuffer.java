package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a native method reads its request from and writes its response to, after the request.
 * A thread keeps the ones it used, a nested call takes another.
 */
final class CallBuffer {
  private static final int INITIAL = 8 * 1024;

  /** What grew beyond this is not kept. */
  private static final int KEPT = 1024 * 1024;

  private static final int CLOSED = -1;
  private static final int SPILLED = -3;
  private static final int CLOSING = -4;

  private static final ThreadLocal<CallBuffer> SPARE = new ThreadLocal<>();

  private final Encoder encoder = new Encoder(this);
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
    encoder.end();
    if (bytes.capacity() <= KEPT) {
      nextSpare = SPARE.get();
      SPARE.set(this);
    }
  }

  /** Its encoder, for a new request to the interpreter. */
  Encoder encoder(long interpreter) {
    encoder.begin(interpreter, true);
    return encoder;
  }

  /** Its encoder, for a response, which nothing can be passed beside. */
  Encoder encoderOfResponse(long interpreter) {
    encoder.begin(interpreter, false);
    return encoder;
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

  /** Makes it empty again. */
  void clear() {
    bytes.clear();
  }

  /** The buffer, with room for so many more bytes. */
  ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      grow(count);
    }
    return bytes;
  }

  private void grow(long count) {
    long needed = bytes.position() + count;
    if (needed > Integer.MAX_VALUE - 8) {
      throw new TooLargeException(needed);
    }
    long doubled = Math.min(Integer.MAX_VALUE - 8, bytes.capacity() * 2L);
    ByteBuffer larger = allocate((int) Math.max(needed, doubled));
    larger.put(bytes.flip());
    bytes = larger;
    address = NativeCallback.address(bytes);
  }

  /** A request that does not fit into a buffer. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long needed) {
      super(
          "a value of more than "
              + needed
              + " bytes cannot cross at once: the limit is 2 GiB; send it in parts",
          null,
          false,
          false);
    }
  }

  /** Where C begins a response: after the request, aligned. */
  private int responseStart() {
    return (bytes.position() + 7) & ~7;
  }

  /**
   * The value in the response.
   *
   * @param status what the native method returned
   * @throws Failure if it is not a value
   */
  @Nullable Object result(long status, long interpreter) {
    if (status >= 0) {
      int start = responseStart();
      return read(bytes.limit(start + (int) status).position(start), interpreter);
    }
    if (status == SPILLED) {
      return spilled(bytes.getLong(0), bytes.getLong(8), interpreter);
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

  private @Nullable Object spilled(long at, long length, long interpreter) {
    try {
      return read(NativeCallback.view(at, length).order(ByteOrder.LITTLE_ENDIAN), interpreter);
    } finally {
      NativeCallback.free(at);
      expect(length);
    }
  }

  /** The next response of such a length finds room, if that is no waste. */
  private void expect(long length) {
    if (bytes.capacity() < KEPT && length < KEPT) {
      bytes.clear();
      grow(Math.min(KEPT, length + length / 4 + INITIAL));
    }
  }

  private static @Nullable Object read(ByteBuffer response, long interpreter) {
    byte kind = response.get();
    Object value = Decoder.decode(response, interpreter);
    return switch (kind) {
      case 'R' -> value;
      case 'E' -> throw new Failure(Failure.Kind.PYTHON, value);
      case 'X' -> throw new Failure(Failure.Kind.NOT_SHAREABLE, value);
      case 'A' -> throw new Failure(Failure.Kind.HELD, value);
      case 'B' -> throw new Failure(Failure.Kind.BUSY, value);
      default -> throw new Failure(Failure.Kind.FAILED, value);
    };
  }
}
