package dev.clutch.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Python calls: {@code callback.c}. The methods that C calls catch everything, and answer the
 * address of a response (its length in four bytes, its kind, a value), or 0 for None.
 */
public final class NativeCallback {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  /** C reads a response after the method has returned, so its memory stays the thread's own. */
  private static final ThreadLocal<CallBuffer> RESPONSE = new ThreadLocal<>();

  private static volatile @Nullable CallbackHost host;

  private NativeCallback() {}

  /** Says who hosts callbacks; once, before the first interpreter. */
  public static void setHost(CallbackHost newHost) {
    host = newHost;
  }

  private static CallbackHost host() {
    CallbackHost current = host;
    if (current == null) {
      throw new IllegalStateException("no callback host");
    }
    return current;
  }

  /** Calls the Java object with the encoded arguments. */
  private static long invoke(long interpreter, long object, long address, int length) {
    try {
      long previous = host().enter(interpreter);
      try {
        @Nullable Object[] args = arguments(address, length);
        return result(interpreter, JavaObjects.call(JavaObjects.get(object), args));
      } finally {
        host().leave(previous);
      }
    } catch (Throwable thrown) {
      return error(interpreter, thrown);
    }
  }

  /** Writes to an output. */
  private static long write(long interpreter, int stream, byte[] utf8) {
    try {
      long previous = host().enter(interpreter);
      try {
        host().write(interpreter, stream, utf8);
        return 0;
      } finally {
        host().leave(previous);
      }
    } catch (Throwable thrown) {
      LOG.log(System.Logger.Level.WARNING, "an output of a Python interpreter failed", thrown);
      return error(interpreter, thrown);
    }
  }

  /** Python, or a report of its, holds the object once more. */
  private static void retain(long object) {
    JavaObjects.retain(object);
  }

  /** Python holds the object once less. */
  private static void release(long object) {
    JavaObjects.release(object);
  }

  private static @Nullable Object[] arguments(long address, int length) {
    ByteBuffer encoded = view(address, length).order(ByteOrder.LITTLE_ENDIAN);
    Object decoded = Decoder.decode(encoded);
    return decoded instanceof List<?> list ? list.toArray() : new Object[] {decoded};
  }

  private static CallBuffer responseBuffer() {
    CallBuffer buffer = CallBuffer.take();
    CallBuffer previous = RESPONSE.get();
    RESPONSE.set(buffer);
    if (previous != null) {
      previous.give();
    }
    buffer.room(4).putInt(0);
    return buffer;
  }

  private static long finish(CallBuffer buffer) {
    buffer.room(0).putInt(0, buffer.length() - 4);
    return buffer.address();
  }

  private static long result(long interpreter, @Nullable Object value) {
    if (value == null) {
      return 0;
    }
    CallBuffer buffer = responseBuffer();
    buffer.room(1).put((byte) 'R');
    new Encoder(buffer, interpreter).value(value, "the callback's result");
    return finish(buffer);
  }

  private static long error(long interpreter, Throwable thrown) {
    CallBuffer buffer = responseBuffer();
    buffer.room(1).put((byte) 'E');
    new Encoder(buffer, interpreter)
        .value(
            Arrays.asList(
                thrown.getClass().getName(),
                thrown.getMessage(),
                stackTrace(thrown),
                new ThrownObject(thrown)),
            "error");
    return finish(buffer);
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }

  /** The address of a direct buffer's memory. */
  static native long address(ByteBuffer buffer);

  /** A buffer over memory of C's. */
  static native ByteBuffer view(long address, long length);

  /** Frees memory of C's. */
  static native void free(long address);
}
