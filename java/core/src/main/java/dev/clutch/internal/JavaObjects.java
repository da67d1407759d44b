package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.util.Map;
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

  private record Held(
      long interpreter, Object object, JavaCallables.@Nullable Signature signature, int count) {
    Held withCount(int other) {
      return new Held(interpreter, object, signature, other);
    }
  }

  private JavaObjects() {}

  static long add(long interpreter, Object object) {
    return add(interpreter, object, null);
  }

  /** One that can be called. */
  static long add(long interpreter, Object object, JavaCallables.@Nullable Signature signature) {
    long handle = NEXT.getAndIncrement();
    HELD.put(handle, new Held(interpreter, object, signature, 1));
    return handle;
  }

  static @Nullable Object call(
      long handle, @Nullable Object[] args, Map<String, @Nullable Object> keywords)
      throws Throwable {
    Held held = HELD.get(handle);
    if (held == null || held.signature == null) {
      throw new IllegalStateException("the Java object is not callable, or not there any more");
    }
    return held.signature.invoker().invoke(held.object, args, keywords);
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
    HELD.computeIfPresent(handle, (key, held) -> held.withCount(held.count + 1));
  }

  static void release(long handle) {
    HELD.computeIfPresent(
        handle, (key, held) -> held.count == 1 ? null : held.withCount(held.count - 1));
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
