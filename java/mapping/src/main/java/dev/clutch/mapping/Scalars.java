package dev.clutch.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Conversions of single values. */
final class Scalars {
  private static final Map<Class<?>, Function<BigInteger, Object>> FROM_WHOLE =
      Map.of(
          Byte.class, BigInteger::byteValueExact,
          Short.class, BigInteger::shortValueExact,
          Integer.class, BigInteger::intValueExact,
          Long.class, BigInteger::longValueExact,
          BigInteger.class, number -> number,
          BigDecimal.class, BigDecimal::new,
          Float.class, number -> (float) exact(number, number.floatValue()),
          Double.class, number -> exact(number, number.doubleValue()));

  private Scalars() {}

  static ValueReader reader(JavaType type) {
    Class<?> raw = type.getRawClass();
    Class<?> target = raw.isPrimitive() ? ClassUtil.wrapperType(raw) : raw;
    return new ValueReader(
        type, (value, context) -> target.isInstance(value) ? value : convert(value, target, type));
  }

  static Object constant(Object value, JavaType type) throws Mismatch {
    Object[] constants = type.getRawClass().getEnumConstants();
    for (Object constant : constants) {
      if (constant == value || name(constant).equals(value)) {
        return constant;
      }
    }
    String names = Arrays.stream(constants).map(Scalars::name).collect(Collectors.joining(", "));
    throw Mismatch.cannotBecome(value, type, "it has " + Words.cut(names), null);
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name();
  }

  private static Object convert(Object value, Class<?> target, JavaType type) throws Mismatch {
    BigInteger whole = whole(value);
    Function<BigInteger, Object> fromWhole = FROM_WHOLE.get(target);
    try {
      if (whole != null && fromWhole != null) {
        return fromWhole.apply(whole);
      }
      if (value instanceof Double number && target == Float.class) {
        return nearest(number);
      }
    } catch (ArithmeticException e) {
      throw Mismatch.doesNotFit(value, type);
    }
    if (value instanceof String text && target == Character.class && text.length() == 1) {
      return text.charAt(0);
    }
    if (value instanceof OffsetDateTime time && target == Instant.class) {
      return time.toInstant();
    }
    throw Mismatch.cannotBecome(value, type);
  }

  private static @Nullable BigInteger whole(Object value) {
    if (value instanceof Long number) {
      return BigInteger.valueOf(number);
    }
    return value instanceof BigInteger number ? number : null;
  }

  private static double exact(BigInteger number, double converted) {
    if (Double.isInfinite(converted)
        || new BigDecimal(converted).compareTo(new BigDecimal(number)) != 0) {
      throw new ArithmeticException();
    }
    return converted;
  }

  private static float nearest(Double number) {
    float nearest = number.floatValue();
    if (Float.isInfinite(nearest) && !number.isInfinite()) {
      throw new ArithmeticException();
    }
    return nearest;
  }
}
