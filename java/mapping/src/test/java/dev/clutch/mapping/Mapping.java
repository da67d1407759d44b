package dev.clutch.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.spi.ValueMapper;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/** The mapper as tests use it. */
final class Mapping {
  private static final ValueMapper MAPPER = new JacksonValueMapper();

  private Mapping() {}

  /** A type with its arguments: {@code new Of<List<String>>() {}}. */
  abstract static class Of<T> {
    final Type type =
        ((ParameterizedType) getClass().getGenericSuperclass()).getActualTypeArguments()[0];
  }

  static <T> T map(Object value, Class<T> type) {
    @SuppressWarnings("unchecked") // type may be primitive, which cannot cast
    T mapped = (T) MAPPER.map(value, type);
    return mapped;
  }

  static <T> T map(Object value, Of<T> type) {
    @SuppressWarnings("unchecked")
    T mapped = (T) MAPPER.map(value, type.type);
    return mapped;
  }

  static void assertRefused(Object value, Type type, String message) {
    assertThatThrownBy(() -> MAPPER.map(value, type))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static void assertRefused(Object value, Of<?> type, String message) {
    assertRefused(value, type.type, message);
  }

  static void assertUntouched(Object value, Type type) {
    assertThat(MAPPER.map(value, type)).isSameAs(value);
  }
}
