package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** What a native method answers: {@code response.h}. */
final class Response {
  /** The response did not fit: its address and length are at the request's beginning. */
  static final int SPILLED = -3;

  private static final int CLOSED = -1;
  private static final int CLOSING = -4;

  private Response() {}

  /** Where C begins a response: after the request, aligned. */
  static int start(int requestLength) {
    return (requestLength + 7) & ~7;
  }

  /**
   * The value in a response.
   *
   * @param bytes the request, and after it the response
   * @param status what the native method returned
   * @throws Failure if it is not a value
   */
  static @Nullable Object read(ByteBuffer bytes, int start, long status, long interpreter) {
    if (status >= 0) {
      return read(bytes.limit(start + (int) status).position(start), interpreter);
    }
    if (status == SPILLED) {
      return readSpilled(bytes.getLong(0), bytes.getLong(8), interpreter);
    }
    throw failure(status);
  }

  static Failure failure(long status) {
    return new Failure(
        switch ((int) status) {
          case CLOSED -> Failure.Kind.CLOSED;
          case CLOSING -> Failure.Kind.CLOSING;
          default -> Failure.Kind.NO_MEMORY;
        },
        null);
  }

  private static @Nullable Object readSpilled(long at, long length, long interpreter) {
    try {
      return read(NativeCallback.view(at, length).order(ByteOrder.LITTLE_ENDIAN), interpreter);
    } finally {
      NativeCallback.free(at);
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
