package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that Python code holds, by handle. A handle is used for one Python object, which
 * gives it up when it goes; what an interpreter still holds when it closes is given up then, but
 * for memory: a view of it may have got into another interpreter.
 */
public final class JavaObjects {
  private static final AtomicLong NEXT = new AtomicLong(1);
  private static final ConcurrentHashMap<Long, Held> HELD = new ConcurrentHashMap<>();

  private record Held(long interpreter, Object object, int count) {}

  private JavaObjects() {}

  static long add(long interpreter, Object object) {
    long handle = NEXT.getAndIncrement();
    HELD.put(handle, new Held(interpreter, object, 1));
    return handle;
  }

  /** The object behind a handle; null if there is none any more. */
  public static @Nullable Object get(long handle) {
    Held held = HELD.get(handle);
    return held == null ? null : held.object;
  }

  /** The same, which gives it up once. */
  public static @Nullable Object take(long handle) {
    Object object = get(handle);
    release(handle);
    return object;
  }

  static void retain(long handle) {
    HELD.computeIfPresent(
        handle, (key, held) -> new Held(held.interpreter, held.object, held.count + 1));
  }

  static void release(long handle) {
    HELD.computeIfPresent(
        handle,
        (key, held) ->
            held.count == 1 ? null : new Held(held.interpreter, held.object, held.count - 1));
  }

  /** Gives up all but memory that a closed interpreter held. */
  public static void removeAll(long interpreter) {
    HELD.values()
        .removeIf(held -> held.interpreter == interpreter && !(held.object instanceof ByteBuffer));
  }

  /** How many objects Python code holds. */
  public static int count() {
    return HELD.size();
  }
}
