package dev.clutch;

import java.math.BigInteger;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From what Python gave to the type that was asked for: exact, or an error that names the value.
 */
final class Conversions {
  private static final Map<Class<?>, Function<Long, Object>> FROM_LONG =
      Map.of(
          Integer.class,
          Math::toIntExact,
          Short.class,
          value -> exact(value.shortValue(), value),
          Byte.class,
          value -> exact(value.byteValue(), value),
          BigInteger.class,
          BigInteger::valueOf,
          Double.class,
          Conversions::exactDouble,
          Float.class,
          value -> (float) exactDouble(value));

  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class,
          char.class, Character.class);

  private Conversions() {}

  /**
   * Converts.
   *
   * @throws NotShareableException if the value is of another type or out of the type's range
   */
  // A primitive's class object stands for its box; None becomes null, whatever T says.
  @SuppressWarnings({"unchecked", "NullAway"})
  static <T> T convert(@Nullable Object value, Class<T> type) {
    Class<?> boxed = BOXES.getOrDefault(type, type);
    if (value == null && type.isPrimitive()) {
      throw new NotShareableException("None cannot become " + type.getTypeName());
    }
    return (T) convertBoxed(value, boxed);
  }

  private static @Nullable Object convertBoxed(@Nullable Object value, Class<?> type) {
    if (value == null || type.isInstance(value)) {
      return value;
    } else if (value instanceof Long number && FROM_LONG.containsKey(type)) {
      return fromLong(number, type);
    } else if (value instanceof Double number && type == Float.class) {
      return number.floatValue();
    } else if (value instanceof String text && type == Character.class && text.length() == 1) {
      return text.charAt(0);
    }
    throw refused(value, type);
  }

  private static Object fromLong(Long number, Class<?> type) {
    try {
      return Objects.requireNonNull(FROM_LONG.get(type)).apply(number);
    } catch (ArithmeticException outOfRange) {
      throw refused(number, type);
    }
  }

  private static <N extends Number> N exact(N narrowed, Long value) {
    if (narrowed.longValue() != value) {
      throw new ArithmeticException();
    }
    return narrowed;
  }

  private static double exactDouble(Long value) {
    return exact((double) value, value);
  }

  private static NotShareableException refused(Object value, Class<?> type) {
    String shown = String.valueOf(value);
    return new NotShareableException(
        "the result, "
            + value.getClass().getSimpleName()
            + " "
            + (shown.length() > 100 ? shown.substring(0, 100) + "..." : shown)
            + ", cannot become "
            + type.getTypeName());
  }
}
