package dev.clutch.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that Python code holds, by handle. A handle is used for one Python object, which
 * gives it up when it goes; what an interpreter still holds when it closes is given up then.
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

  /** Gives up all that a closed interpreter held. */
  public static void removeAll(long interpreter) {
    HELD.values().removeIf(held -> held.interpreter == interpreter);
  }

  static boolean isCallable(Object object) {
    return object instanceof Function
        || object instanceof BiFunction
        || object instanceof Supplier
        || object instanceof Consumer
        || object instanceof Predicate
        || object instanceof Runnable
        || object instanceof Callable;
  }

  /** Calls a functional interface with the arguments that Python gave. */
  @SuppressWarnings("unchecked")
  static @Nullable Object call(@Nullable Object target, @Nullable Object[] args) throws Exception {
    if (target instanceof Function) {
      return ((Function<@Nullable Object, @Nullable Object>) target).apply(only(args));
    } else if (target instanceof BiFunction) {
      expect(args, 2);
      return ((BiFunction<@Nullable Object, @Nullable Object, @Nullable Object>) target)
          .apply(args[0], args[1]);
    } else if (target instanceof Predicate) {
      return ((Predicate<@Nullable Object>) target).test(only(args));
    } else if (target instanceof Consumer) {
      ((Consumer<@Nullable Object>) target).accept(only(args));
      return null;
    }
    return callWithoutArguments(target, args);
  }

  private static @Nullable Object callWithoutArguments(
      @Nullable Object target, @Nullable Object[] args) throws Exception {
    expect(args, 0);
    if (target instanceof Supplier) {
      return ((Supplier<?>) target).get();
    } else if (target instanceof Callable) {
      return ((Callable<?>) target).call();
    } else if (target instanceof Runnable runnable) {
      runnable.run();
      return null;
    }
    throw new IllegalStateException("the Java object is not callable: " + target);
  }

  private static @Nullable Object only(@Nullable Object[] args) {
    expect(args, 1);
    return args[0];
  }

  private static void expect(@Nullable Object[] args, int count) {
    if (args.length != count) {
      throw new IllegalArgumentException(
          "the Java callable takes "
              + count
              + (count == 1 ? " argument" : " arguments")
              + ", but "
              + args.length
              + " were given");
    }
  }
}
