package dev.clutch;

import dev.clutch.internal.Wanted;
import dev.clutch.spi.ValueMapper;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From what Python gave to the type that was asked for: exact, or an error that names the value.
 * Single values are converted here, whole structures by the {@link ValueMapper}.
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
          BigDecimal.class,
          BigDecimal::valueOf,
          Double.class,
          Conversions::exactDouble,
          Float.class,
          Conversions::exactFloat);

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

  /** Where a value comes from, once it is known how it shall cross. */
  @FunctionalInterface
  interface Source {
    @Nullable Object get(Wanted wanted);
  }

  /**
   * Gets a value and converts it.
   *
   * @throws NotShareableException if the value is of another type or out of the type's range
   */
  // A primitive's class object stands for its box; None becomes null, whatever T says.
  @SuppressWarnings({"unchecked", "NullAway"})
  static <T> T convert(Source source, Class<T> type) {
    return (T) convertTo(source, type);
  }

  /** The same, to a type with its type arguments. */
  @SuppressWarnings({"unchecked", "NullAway"})
  static <T> T convert(Source source, TypeToken<T> type) {
    return (T) convertTo(source, type.type());
  }

  static @Nullable Object convertTo(Source source, Type type) {
    Objects.requireNonNull(type, "type");
    Object value = source.get(wanted(type));
    try {
      return convertNamed(value, type, "the result");
    } catch (NotShareableException refused) {
      close(value);
      throw refused;
    }
  }

  private static Wanted wanted(Type type) {
    if (type == PyObject.class) {
      return Wanted.REFERENCE;
    }
    return mayHoldRecords(type) ? Wanted.STRUCTURED : Wanted.VALUE;
  }

  /** Whether there is a class in the type that is made of fields, or an enum. */
  private static boolean mayHoldRecords(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return mayHoldRecords(parameterized.getRawType())
          || Arrays.stream(parameterized.getActualTypeArguments())
              .anyMatch(Conversions::mayHoldRecords);
    } else if (type instanceof GenericArrayType array) {
      return mayHoldRecords(array.getGenericComponentType());
    } else if (closed(type) instanceof Class<?> single) {
      return single.isArray()
          ? mayHoldRecords(single.getComponentType())
          : !single.isPrimitive()
              && !single.isInterface()
              && !isSingle(single)
              && !single.getName().startsWith("java.");
    }
    return true;
  }

  /** Whether values of the class cross as such, and so are not put together from others. */
  private static boolean isSingle(Class<?> type) {
    return type == Object.class
        || type == String.class
        || type == Boolean.class
        || type == Character.class
        || Number.class.isAssignableFrom(type)
        || ByteBuffer.class.isAssignableFrom(type)
        || type.getName().startsWith("java.time.")
        || type.getPackage() == PyObject.class.getPackage();
  }

  /** Converts a value that error messages call by the name given. */
  static @Nullable Object convertNamed(@Nullable Object value, Type declared, String name) {
    Type type = closed(declared);
    if (type instanceof Class<?> single) {
      Class<?> boxed = BOXES.getOrDefault(single, single);
      if (value == null && !single.isPrimitive()) {
        return null;
      }
      Object converted = value == null ? null : single(value, boxed);
      if (converted != null) {
        return converted;
      }
      if (value == null || isSingle(boxed)) {
        throw refused(value, single, name);
      }
    } else if (value instanceof PyObject object
        && type instanceof ParameterizedType parameterized
        && parameterized.getRawType() instanceof Class<?> raw
        && isBehaviour(raw)) {
      return PyProxy.owning(object, raw, parameterized);
    }
    return mapped(value, type, name);
  }

  /** What is known of a type that says "any", as a method's type parameters do. */
  private static Type closed(Type type) {
    if (type instanceof TypeVariable<?> variable) {
      return closed(variable.getBounds()[0]);
    } else if (type instanceof WildcardType wildcard) {
      return closed(wildcard.getUpperBounds()[0]);
    } else if (type instanceof ParameterizedType parameterized
        && Arrays.stream(parameterized.getActualTypeArguments())
            .allMatch(argument -> closed(argument) == Object.class)) {
      return parameterized.getRawType();
    }
    return type;
  }

  /** Null if it takes more than that. */
  private static @Nullable Object single(Object value, Class<?> type) {
    if (type.isInstance(value)) {
      return value;
    } else if (value instanceof Long number && FROM_LONG.containsKey(type)) {
      return fromLong(number, type);
    } else if (value instanceof Double number && type == Float.class) {
      return narrowed(number);
    } else if (value instanceof BigInteger number && type == Double.class) {
      return exactDouble(number);
    } else if (value instanceof BigInteger number && type == BigDecimal.class) {
      return new BigDecimal(number);
    } else if (value instanceof String text && type == Character.class && text.length() == 1) {
      return text.charAt(0);
    } else if (value instanceof OffsetDateTime time && type == Instant.class) {
      return time.toInstant();
    } else if (value instanceof PyObject object) {
      return ofObject(object, type);
    }
    return null;
  }

  private static @Nullable Object ofObject(PyObject object, Class<?> type) {
    if (type == byte[].class) {
      try (object) {
        ByteBuffer memory = object.buffer();
        byte[] copy = new byte[memory.remaining()];
        memory.get(copy);
        return copy;
      }
    }
    return isBehaviour(type) ? PyProxy.owning(object, type) : null;
  }

  /** An interface that something is done with, not one that holds values. */
  static boolean isBehaviour(Class<?> type) {
    return type.isInterface()
        && !Map.class.isAssignableFrom(type)
        && (Iterator.class.isAssignableFrom(type) || !Iterable.class.isAssignableFrom(type))
        && !Collection.class.isAssignableFrom(type)
        && !CharSequence.class.isAssignableFrom(type);
  }

  private static @Nullable Object mapped(@Nullable Object value, Type type, String name) {
    ValueMapper mapper = Mapper.FOUND;
    if (mapper == null) {
      throw new NotShareableException(
          name
              + " can become "
              + type.getTypeName()
              + " only with dev.clutch:clutch-mapping on the class path");
    }
    try {
      return mapper.map(value, type);
    } catch (IllegalArgumentException refused) {
      throw new NotShareableException(String.valueOf(refused.getMessage()));
    }
  }

  /** Looked for when it is needed first. */
  private static final class Mapper {
    static final @Nullable ValueMapper FOUND =
        ServiceLoader.load(ValueMapper.class, Conversions.class.getClassLoader())
            .findFirst()
            .orElse(null);
  }

  private static @Nullable Object fromLong(Long number, Class<?> type) {
    try {
      return Objects.requireNonNull(FROM_LONG.get(type)).apply(number);
    } catch (ArithmeticException outOfRange) {
      return null;
    }
  }

  private static <N extends Number> N exact(N narrowed, Long value) {
    if (narrowed.longValue() != value) {
      throw new ArithmeticException();
    }
    return narrowed;
  }

  /** Python's float has no narrower type: digits may go, but not the magnitude. */
  private static @Nullable Float narrowed(Double value) {
    float narrow = value.floatValue();
    return Float.isInfinite(narrow) && !value.isInfinite() ? null : narrow;
  }

  private static @Nullable Double exactDouble(BigInteger value) {
    double number = value.doubleValue();
    return !Double.isInfinite(number) && new BigDecimal(number).toBigInteger().equals(value)
        ? number
        : null;
  }

  /** 2^63 as a double would come back as the largest long. */
  private static double exactDouble(Long value) {
    if (value == Long.MAX_VALUE) {
      throw new ArithmeticException();
    }
    return exact((double) value, value);
  }

  private static float exactFloat(Long value) {
    if (value == Long.MAX_VALUE) {
      throw new ArithmeticException();
    }
    return exact((float) value, value);
  }

  private static NotShareableException refused(@Nullable Object value, Class<?> type, String name) {
    if (value == null) {
      return new NotShareableException(
          name + " is None, which cannot become " + type.getTypeName());
    }
    String shown = String.valueOf(value);
    return new NotShareableException(
        name
            + ", "
            + value.getClass().getSimpleName()
            + " "
            + (shown.length() > 100 ? shown.substring(0, 100) + "..." : shown)
            + ", cannot become "
            + type.getTypeName());
  }

  /** Nobody gets it any more. */
  static void close(@Nullable Object value) {
    if (value instanceof PyObject object) {
      object.close();
    }
  }
}
