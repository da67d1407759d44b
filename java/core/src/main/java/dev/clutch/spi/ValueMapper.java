package dev.clutch.spi;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes Java records, enums, beans and typed collections of the values that Python gave. {@code
 * dev.clutch:clutch-mapping} provides it through {@link java.util.ServiceLoader}; the core converts
 * single values itself, and so depends on no library.
 */
public interface ValueMapper {
  /**
   * Converts a value to the given type, exactly: nothing is rounded, cut off or parsed.
   *
   * @param value what Python gave: null, a Boolean, Long, BigInteger, Double, BigDecimal, String,
   *     byte[] or other primitive array, java.time value, UUID, ByteBuffer, PyObject, or a List,
   *     Set or Map of such; a dataclass and a named tuple come as a Map of their fields, a Python
   *     enum member as its name
   * @param type what it shall become
   * @throws IllegalArgumentException if it cannot; the message names the value, what it cannot
   *     become, and where in the whole it is
   */
  @Nullable Object map(@Nullable Object value, Type type);
}
