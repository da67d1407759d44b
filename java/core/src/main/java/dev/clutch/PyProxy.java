package dev.clutch;

import dev.clutch.internal.Wanted;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Java interface that a Python object implements, method by method. */
final class PyProxy implements InvocationHandler {
  private final PyObject object;
  private final Class<?> type;

  /** What the type parameters of the interface stand for, as far as that was said. */
  private final Map<Type, Type> arguments;

  private PyProxy(PyObject object, Class<?> type, Map<Type, Type> arguments) {
    this.object = object;
    this.type = type;
    this.arguments = arguments;
  }

  /** One that owns the object: nobody else can close it, and it needs no closing. */
  static Object owning(PyObject object, Class<?> type) {
    object.disown();
    return of(object, type);
  }

  /** The same for an interface with type arguments. */
  static Object owning(PyObject object, Class<?> raw, ParameterizedType type) {
    object.disown();
    Map<Type, Type> arguments = new HashMap<>();
    for (int i = 0; i < raw.getTypeParameters().length; i++) {
      arguments.put(raw.getTypeParameters()[i], type.getActualTypeArguments()[i]);
    }
    return proxy(raw, new PyProxy(object, raw, arguments));
  }

  static Object of(PyObject object, Class<?> type) {
    return proxy(type, new PyProxy(object, type, Map.of()));
  }

  private static Object proxy(Class<?> type, PyProxy handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    @Nullable Object[] args = given == null ? new Object[0] : given;
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(method, args);
    }
    if (method.isDefault() && !object.hasAttribute(method.getName())) {
      return callDefault(proxy, method, args);
    }
    if (method.getReturnType() == void.class) {
      perform(method, args, Wanted.VALUE);
      return null;
    }
    Type declared = method.getGenericReturnType();
    Type returned = arguments.getOrDefault(declared, declared);
    return Conversions.convertTo(wanted -> perform(method, args, wanted), returned);
  }

  private @Nullable Object perform(Method method, @Nullable Object[] args, Wanted wanted) {
    if (isFunctional(method) && !object.hasAttribute(method.getName())) {
      return object.callWanted(wanted, args);
    }
    return object.callMethod(wanted, method.getName(), args);
  }

  /** Whether the method is the only one that the interface leaves open. */
  private boolean isFunctional(Method method) {
    return Arrays.stream(type.getMethods())
        .filter(each -> Modifier.isAbstract(each.getModifiers()))
        .filter(each -> !isOfObject(each))
        .allMatch(method::equals);
  }

  private static boolean isOfObject(Method method) {
    return switch (method.getName()) {
      case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {Object.class});
      case "hashCode", "toString" -> method.getParameterCount() == 0;
      default -> false;
    };
  }

  private static @Nullable Object callDefault(Object proxy, Method method, @Nullable Object[] args)
      throws Throwable {
    Class<?> type = method.getDeclaringClass();
    if (Modifier.isPublic(type.getModifiers())) {
      return InvocationHandler.invokeDefault(proxy, method, args);
    }
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
        .unreflectSpecial(method, type)
        .bindTo(proxy)
        .invokeWithArguments(args);
  }

  private Object ofObject(Method method, @Nullable Object[] args) {
    return switch (method.getName()) {
      case "equals" ->
          args[0] != null
              && Proxy.isProxyClass(args[0].getClass())
              && Proxy.getInvocationHandler(args[0]) instanceof PyProxy other
              && other.object.equals(object);
      case "hashCode" -> object.hashCode();
      default -> object.toString();
    };
  }
}
