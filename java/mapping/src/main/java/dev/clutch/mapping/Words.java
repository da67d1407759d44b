package dev.clutch.mapping;

import com.fasterxml.jackson.databind.JavaType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How values and types are named in messages. */
final class Words {
  private static final int LONGEST = 100;

  private Words() {}

  static String name(JavaType type) {
    return type.getRawClass().getSimpleName();
  }

  static String value(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Collection<?> elements) {
      return container(value) + " of " + elements.size();
    }
    if (value instanceof Map<?, ?> entries) {
      return "Map of " + entries.size();
    }
    String name = value.getClass().getSimpleName();
    return isData(value) ? name + " " + text(value) : name;
  }

  static String inBrackets(@Nullable Object key) {
    return "[" + (key == null || isData(key) ? text(key) : value(key)) + "]";
  }

  static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private static String container(Object value) {
    return value instanceof List ? "List" : value instanceof Set ? "Set" : "Collection";
  }

  /** Whether it can be shown: what else there is may have a toString that runs Python code. */
  private static boolean isData(Object value) {
    return value.getClass().getName().startsWith("java.") && !(value instanceof Collection);
  }

  private static String text(@Nullable Object value) {
    String text = cut(String.valueOf(value));
    return value instanceof String ? '"' + text.replace("\"", "\\\"") + '"' : text;
  }
}
