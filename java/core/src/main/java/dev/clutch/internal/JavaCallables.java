package dev.clutch.internal;

import dev.clutch.JavaCallable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How Python calls Java objects: functional interfaces of every kind, and {@link JavaCallable}. */
final class JavaCallables {
  /** In place of an arity: any number of arguments, and keywords. */
  private static final int ANY = 255;

  private static final ClassValue<Object> SIGNATURES =
      new ClassValue<>() {
        @Override
        protected Object computeValue(Class<?> type) {
          Signature found = find(type);
          return found == null ? JavaCallables.class : found;
        }
      };

  private JavaCallables() {}

  /** Calls an object with arguments that Python gave. */
  @FunctionalInterface
  interface Invoker {
    @Nullable Object invoke(
        Object target, @Nullable Object[] args, Map<String, @Nullable Object> keywords)
        throws Throwable;
  }

  /** What Python is told of a class: how many arguments, and its name. */
  record Signature(int arity, String name, Invoker invoker) {}

  /** Null if objects of the class cannot be called. */
  static @Nullable Signature signature(Class<?> type) {
    return SIGNATURES.get(type) instanceof Signature signature ? signature : null;
  }

  private static @Nullable Signature find(Class<?> type) {
    for (Class<?> each : interfaces(type)) {
      Signature known = known(each, type);
      if (known != null) {
        return known;
      }
    }
    for (Class<?> each : interfaces(type)) {
      if (each.isAnnotationPresent(FunctionalInterface.class)) {
        return reflective(each, type);
      }
    }
    return null;
  }

  /** Those that are called without reflection. */
  @SuppressWarnings("unchecked")
  private static @Nullable Signature known(Class<?> shape, Class<?> type) {
    if (shape == JavaCallable.class) {
      return of(
          ANY,
          type,
          (f, args, kw) ->
              ((JavaCallable) f)
                  .call(Collections.unmodifiableList(java.util.Arrays.asList(args)), kw));
    } else if (shape == Function.class) {
      return of(1, type, (f, args, kw) -> ((Function<Object, Object>) f).apply(args[0]));
    } else if (shape == BiFunction.class) {
      return of(
          2,
          type,
          (f, args, kw) -> ((BiFunction<Object, Object, Object>) f).apply(args[0], args[1]));
    } else if (shape == Predicate.class) {
      return of(1, type, (f, args, kw) -> ((Predicate<Object>) f).test(args[0]));
    } else if (shape == Consumer.class) {
      return of(
          1,
          type,
          (f, args, kw) -> {
            ((Consumer<Object>) f).accept(args[0]);
            return null;
          });
    } else if (shape == Supplier.class) {
      return of(0, type, (f, args, kw) -> ((Supplier<Object>) f).get());
    } else if (shape == Callable.class) {
      return of(0, type, (f, args, kw) -> ((Callable<Object>) f).call());
    } else if (shape == Runnable.class) {
      return of(
          0,
          type,
          (f, args, kw) -> {
            ((Runnable) f).run();
            return null;
          });
    }
    return null;
  }

  private static Signature of(int arity, Class<?> type, Invoker invoker) {
    return new Signature(arity, name(type), invoker);
  }

  /** A lambda's class has a made-up name: where it was written says more. */
  private static String name(Class<?> type) {
    int generated = type.getName().indexOf("$$Lambda");
    return generated < 0
        ? type.getName()
        : type.getInterfaces()[0].getSimpleName() + " of " + type.getName().substring(0, generated);
  }

  /** Of the class and all above it, nearest first. */
  private static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> found = new LinkedHashSet<>();
    Deque<Class<?>> open = new ArrayDeque<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      open.addAll(List.of(each.getInterfaces()));
    }
    while (!open.isEmpty()) {
      Class<?> next = open.removeFirst();
      if (found.add(next)) {
        open.addAll(List.of(next.getInterfaces()));
      }
    }
    return found;
  }

  private static @Nullable Signature reflective(Class<?> shape, Class<?> type) {
    List<Method> candidates = new ArrayList<>();
    for (Method method : shape.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers()) && !isOfObject(method)) {
        candidates.add(method);
      }
    }
    if (candidates.size() != 1 || !candidates.get(0).trySetAccessible()) {
      return null;
    }
    Method method = candidates.get(0);
    try {
      MethodHandle handle = MethodHandles.lookup().unreflect(method);
      return of(method.getParameterCount(), type, new Reflective(handle, method));
    } catch (IllegalAccessException notOpen) {
      return null;
    }
  }

  private static boolean isOfObject(Method method) {
    try {
      Object.class.getMethod(method.getName(), method.getParameterTypes());
      return true;
    } catch (NoSuchMethodException no) {
      return false;
    }
  }

  /** Converts each argument to what its parameter asks for. */
  private record Reflective(MethodHandle handle, Method method) implements Invoker {
    @Override
    public @Nullable Object invoke(
        Object target, @Nullable Object[] args, Map<String, @Nullable Object> keywords)
        throws Throwable {
      List<@Nullable Object> all = new ArrayList<>(args.length + 1);
      all.add(target);
      for (int i = 0; i < args.length; i++) {
        all.add(
            NativeCallback.host()
                .convert(args[i], method.getGenericParameterTypes()[i], "args[" + i + "]"));
      }
      return handle.invokeWithArguments(all);
    }
  }
}
