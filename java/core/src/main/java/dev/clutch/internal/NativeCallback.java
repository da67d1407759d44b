package dev.clutch.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Python calls: {@code callback.c}. The methods that C calls catch everything; those with a
 * response answer its address (its length in four bytes, its kind, a value), a {@link Word} for a
 * small int, which no address can be, or 0 for None.
 */
public final class NativeCallback {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  /** As CLUTCH_BLOCK_SIZE in {@code block.h}. */
  private static final int BLOCK = 4096;

  /** How many characters of a stack trace Python gets. */
  private static final int LONGEST_TRACE = 64 * 1024;

  private static final ThreadLocal<CallbackThread> THREAD =
      ThreadLocal.withInitial(CallbackThread::new);

  private static volatile @Nullable CallbackHost host;

  private NativeCallback() {}

  /** Says who hosts callbacks; once, before the first interpreter. */
  public static void setHost(CallbackHost newHost) {
    host = newHost;
  }

  static CallbackHost host() {
    CallbackHost current = host;
    if (current == null) {
      throw new IllegalStateException("no callback host");
    }
    return current;
  }

  /** Calls the Java object with the encoded arguments. */
  private static long invoke(long interpreter, long object, long address, int length) {
    CallbackThread thread = THREAD.get();
    try {
      ByteBuffer from = thread.view(address, length);
      @Nullable Object[] args = Decoder.decodeArray(from, interpreter);
      Map<String, @Nullable Object> keywords = keywords(Decoder.decode(from, interpreter));
      return thread.call(interpreter, object, args, keywords);
    } catch (Throwable thrown) {
      return error(thread, interpreter, thrown);
    }
  }

  /** Calls it with up to three small ints. */
  private static long invokeWords(
      long interpreter, long object, int count, long first, long second, long third) {
    CallbackThread thread = THREAD.get();
    try {
      return thread.call(interpreter, object, Word.values(count, first, second, third), Map.of());
    } catch (Throwable thrown) {
      return error(thread, interpreter, thrown);
    }
  }

  private static Map<String, @Nullable Object> keywords(@Nullable Object decoded) {
    if (!(decoded instanceof Map<?, ?> map)) {
      return Map.of();
    }
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
    map.forEach((name, value) -> keywords.put((String) name, value));
    return Collections.unmodifiableMap(keywords);
  }

  /** Writes to an output. */
  private static long write(long interpreter, int stream, byte[] utf8) {
    CallbackHost.Scope scope = THREAD.get().scope;
    try {
      long previous = scope.enter(interpreter);
      try {
        host().write(interpreter, stream, utf8);
        return 0;
      } finally {
        scope.leave(previous);
      }
    } catch (Throwable thrown) {
      LOG.log(System.Logger.Level.WARNING, "an output of a Python interpreter failed", thrown);
      return error(THREAD.get(), interpreter, thrown);
    }
  }

  /** Python, or a response of its, holds the object once more. */
  private static void retain(long object) {
    JavaObjects.retain(object);
  }

  /** Python holds the object once less. */
  private static void release(long object) {
    JavaObjects.release(object);
  }

  /** Python has read the thread's last response, which refers to objects, or is large. */
  private static void responded() {
    THREAD.get().responded();
  }

  /** Keeps an array that C made until the response is read that has its handle. */
  private static long keep(long interpreter, byte[] array) {
    return JavaObjects.add(interpreter, array);
  }

  /** The thread calls Python: for the first time, or carrying a virtual one. */
  private static long enlistThread(long carrier) {
    return CallingThreads.enlist(carrier);
  }

  /** This thread waits for the interpreter, and the one that keeps it attached does nothing. */
  private static void reportWait(long interpreter, long thread) {
    try {
      host().reportWait(interpreter, thread);
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.WARNING, "a wait could not be reported", failed);
    }
  }

  private static long error(CallbackThread thread, long interpreter, Throwable thrown) {
    return thread.respond(
        'E',
        interpreter,
        java.util.Arrays.asList(
            thrown.getClass().getName(),
            told(thrown::getMessage),
            told(() -> stackTrace(thrown)),
            new ThrownObject(thrown)));
  }

  /** The exception is the program's, and so may fail when it is asked. */
  private static @Nullable String told(Supplier<@Nullable String> question) {
    try {
      return question.get();
    } catch (RuntimeException | StackOverflowError failed) {
      return "<" + failed.getClass().getName() + " while the exception was described>";
    }
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return shortened(text.toString().stripTrailing());
  }

  /**
   * Where Java and Python call each other, each level's stack trace has those of all below:
   * together they would grow with the square of the depth.
   */
  private static String shortened(String trace) {
    int excess = trace.length() - LONGEST_TRACE;
    return excess <= 0
        ? trace
        : trace.substring(0, LONGEST_TRACE / 2)
            + "\n... "
            + excess
            + " characters left out ...\n"
            + trace.substring(trace.length() - LONGEST_TRACE / 2);
  }

  /**
   * The value in a response that C left in the calling thread's block at that address. The copy is
   * made first: reading may call Python again on this thread, as the {@code hashCode} of a key may,
   * and a virtual thread that waits leaves its thread and the block to another one.
   */
  static @Nullable Object readBlock(long address, int start, long interpreter) {
    ByteBuffer block = THREAD.get().block(address);
    long status = block.getLong(BLOCK - Long.BYTES);
    byte[] copy = new byte[start + Math.max(0, (int) status)];
    block.get(copy);
    return CallBuffer.read(copy, start, status, interpreter);
  }

  /** What a thread that runs callbacks keeps for the next one. */
  private static final class CallbackThread {
    final CallbackHost.Scope scope = host().scope();
    private @Nullable CallBuffer response;

    /**
     * Responses that refer to objects, or are large, until C has read them. Reading one may run
     * Python code that calls back, so there may be several, the last to be read first.
     */
    private final ArrayDeque<Unread> unread = new ArrayDeque<>();

    private record Unread(CallBuffer buffer, Object value) {}

    /** Of the blocks of memory that C has for this thread: one for each level of calls. */
    private final Map<Long, ByteBuffer> blocks = new HashMap<>();

    private ByteBuffer lastBlock = ByteBuffer.allocate(0);
    private long lastAddress;

    ByteBuffer view(long address, int length) {
      return length <= BLOCK
          ? block(address).limit(length)
          : NativeCallback.view(address, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteBuffer block(long address) {
      if (address != lastAddress) {
        lastBlock = blocks.computeIfAbsent(address, at -> NativeCallback.view(at, BLOCK));
        lastBlock.order(ByteOrder.LITTLE_ENDIAN);
        lastAddress = address;
      }
      return lastBlock.clear();
    }

    long call(
        long interpreter,
        long object,
        @Nullable Object[] args,
        Map<String, @Nullable Object> keywords)
        throws Throwable {
      long previous = scope.enter(interpreter);
      try {
        Object result = JavaObjects.call(object, args, keywords);
        if (result instanceof Long number && Word.fits(number)) {
          return Word.of(number);
        }
        return result == null ? 0 : respond('R', interpreter, result);
      } finally {
        scope.leave(previous);
      }
    }

    /** While it is written, Python may be called, and call back: that takes another buffer. */
    long respond(char kind, long interpreter, Object value) {
      CallBuffer buffer = response == null ? CallBuffer.lasting() : response;
      response = null;
      buffer.clear();
      buffer.room(5).putInt(0).put((byte) kind);
      Encoder encoder = buffer.encoderOfResponse(interpreter);
      try {
        encoder.value(value, kind == 'R' ? "the callback's result" : "error");
      } catch (RuntimeException | Error refused) {
        buffer.clear();
        throw refused;
      }
      buffer.room(0).putInt(0, buffer.length() - 4);
      if (!encoder.enclosures().holdObjects() && !buffer.isLarge()) {
        response = buffer;
        return buffer.address();
      }
      unread.push(new Unread(buffer, value));
      buffer.room(0).put(4, (byte) (kind == 'R' ? 'r' : kind));
      return buffer.address();
    }

    void responded() {
      Unread read = unread.pop();
      read.buffer.clear();
      response = read.buffer;
    }
  }

  /** The address of a direct buffer's memory. */
  static native long address(ByteBuffer buffer);

  /** A buffer over memory of C's. */
  static native ByteBuffer view(long address, long length);

  /** Memory of C's, or 0 if there is none. */
  static native long allocate(long length);

  /** Frees memory of C's. */
  static native void free(long address);
}
