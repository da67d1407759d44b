package dev.clutch.tests;

import dev.clutch.InterpreterConfig;
import dev.clutch.PyObject;
import dev.clutch.TypeToken;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Arguments of any type: ordinary ones, odd ones, and handles of every kind and state. */
final class FuzzedArguments {
  private static final List<String> STRINGS =
      List.of(
          "f",
          "c",
          "x",
          "f(1)",
          "callback",
          "callback(1)",
          "json:dumps",
          "_thread.start_new_thread(callback, (1,))",
          "print('x', end='')",
          "time.sleep(1)",
          "clutch.Queue().get()",
          "no such thing",
          "",
          "\ud800",
          "__main__:f",
          "B",
          "q");
  private static final List<Duration> DURATIONS =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(1),
          Duration.ofMillis(30),
          Duration.ofSeconds(-1),
          Duration.ofSeconds(Long.MAX_VALUE));
  private static final List<Class<?>> CLASSES =
      List.of(String.class, Long.class, List.class, PyObject.class, int[].class, Object.class);

  private final Function<Class<?>, @Nullable Object> handles;
  private final Path script;

  /** The function gives a handle of a class, if there is one. */
  FuzzedArguments(Function<Class<?>, @Nullable Object> handles, Path script) {
    this.handles = handles;
    this.script = script;
  }

  @Nullable Object make(Type type, Random random) {
    if (type instanceof Class<?> plain) {
      return ofClass(plain, random);
    }
    if (type instanceof GenericArrayType array) {
      Class<?> of = raw(array.getGenericComponentType());
      Object made = Array.newInstance(of, random.nextInt(3));
      for (int i = 0; i < Array.getLength(made); i++) {
        Array.set(made, i, ofClass(of, random));
      }
      return made;
    }
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = raw(type);
      Type first = generic.getActualTypeArguments()[0];
      if (raw == Collection.class || raw == List.class) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          Object each = ofClass(raw(first), random);
          if (each != null) {
            list.add(each);
          }
        }
        return list;
      }
      return ofClass(raw, random);
    }
    return ofClass(raw(type), random);
  }

  private static Class<?> raw(Type type) {
    if (type instanceof Class<?> plain) {
      return plain;
    }
    if (type instanceof ParameterizedType generic) {
      return raw(generic.getRawType());
    }
    if (type instanceof WildcardType wildcard) {
      return raw(
          wildcard.getLowerBounds().length > 0
              ? wildcard.getLowerBounds()[0]
              : wildcard.getUpperBounds()[0]);
    }
    return type instanceof TypeVariable<?> variable ? raw(variable.getBounds()[0]) : Object.class;
  }

  private static <T> T one(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  private @Nullable Object ofClass(Class<?> type, Random random) {
    if (type == Object.class) {
      return anything(random);
    }
    if (type == String.class) {
      return one(STRINGS, random);
    }
    if (type == Duration.class) {
      return one(DURATIONS, random);
    }
    if (type == Class.class) {
      return one(CLASSES, random);
    }
    if (type == long.class) {
      return one(List.of(-1L, 0L, 1L, 8L, 4096L, Long.MAX_VALUE), random);
    }
    if (type == int.class) {
      return one(List.of(-1, 0, 1, 8, 4096, Integer.MAX_VALUE), random);
    }
    if (type == boolean.class) {
      return random.nextBoolean();
    }
    if (type == long[].class) {
      return one(List.of(new long[] {}, new long[] {8}, new long[] {-1, 2}), random);
    }
    if (type == Object[].class) {
      Object[] array = new Object[random.nextInt(3)];
      for (int i = 0; i < array.length; i++) {
        array[i] = anything(random);
      }
      return array;
    }
    if (type == ByteBuffer.class) {
      return ByteBuffer.allocateDirect(random.nextInt(100_000));
    }
    if (type == Path.class) {
      return random.nextBoolean() ? script : script.resolveSibling("missing.py");
    }
    if (type == TimeUnit.class) {
      return TimeUnit.MILLISECONDS;
    }
    if (type == TypeToken.class) {
      return new TypeToken<List<Long>>() {};
    }
    if (type == InterpreterConfig.class) {
      return InterpreterConfig.isolated();
    }
    if (type == Map.class) {
      return Map.of("x", List.of(1L), "callback_of_map", (Runnable) () -> {});
    }
    Object handle = handles.apply(type);
    if (handle != null || !type.isInterface()) {
      return handle;
    }
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "hashCode" -> 1;
              case "equals" -> false;
              case "toString" -> "proxy";
              case "apply" ->
                  arguments.length == 1 && arguments[0] instanceof Integer length
                      ? new Object[length]
                      : null;
              default -> method.getReturnType() == boolean.class ? (Object) false : null;
            });
  }

  private @Nullable Object anything(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> random.nextLong();
      case 2 -> "text";
      case 3 -> List.of(1L, "two");
      case 4 -> new int[] {1, 2, 3};
      case 5 -> (Runnable) () -> {};
      default -> handles.apply(Object.class);
    };
  }
}
