package dev.clutch;

import dev.clutch.internal.Wanted;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A Java interface that a Python object implements, method by method. */
final class PyProxy implements InvocationHandler {
  private final PyObject object;
  private final Class<?> type;

  private PyProxy(PyObject object, Class<?> type) {
    this.object = object;
    this.type = type;
  }

  /** One that owns the object: nobody else can close it, and it needs no closing. */
  static Object owning(PyObject object, Class<?> type) {
    object.disown();
    return of(object, type);
  }

  static Object of(PyObject object, Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, new PyProxy(object, type));
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
    return Conversions.convertTo(
        wanted -> perform(method, args, wanted), method.getGenericReturnType());
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

  /** The interface may not be public, which invokeDefault would mind. */
  private static @Nullable Object callDefault(Object proxy, Method method, @Nullable Object[] args)
      throws Throwable {
    Class<?> type = method.getDeclaringClass();
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
