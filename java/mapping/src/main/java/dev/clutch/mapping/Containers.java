package dev.clutch.mapping;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Conversions of containers, element by element. */
final class Containers {
  /** What is made of an interface or an abstract class: the first that is one. */
  private static final List<Class<?>> COLLECTIONS =
      List.of(ArrayList.class, LinkedHashSet.class, TreeSet.class, LinkedList.class);

  private static final List<Class<?>> MAPS =
      List.of(LinkedHashMap.class, TreeMap.class, ConcurrentSkipListMap.class);

  private Containers() {}

  static ValueReader.Conversion toArray(JavaType type) {
    return (value, context) -> {
      if (type.getRawClass().isInstance(value)) {
        return value;
      }
      List<@Nullable Object> elements = elements(value, type, type.getContentType(), context);
      Object array = Array.newInstance(type.getContentType().getRawClass(), elements.size());
      for (int i = 0; i < elements.size(); i++) {
        Array.set(array, i, elements.get(i));
      }
      return array;
    };
  }

  @SuppressWarnings("unchecked")
  static ValueReader.Conversion toCollection(JavaType type, JavaType elementType) {
    return (value, context) -> {
      if (elementType.isJavaLangObject() && type.getRawClass().isInstance(value)) {
        return value;
      }
      List<@Nullable Object> elements = elements(value, type, elementType, context);
      Object made = make(value, type, COLLECTIONS);
      for (Object element : elements) {
        add(element, (Collection<@Nullable Object>) made, value, type);
      }
      return made;
    };
  }

  @SuppressWarnings("unchecked")
  static ValueReader.Conversion toMap(JavaType type) {
    return (value, context) -> {
      if (!(value instanceof Map<?, ?> entries)) {
        throw Mismatch.cannotBecome(value, type);
      }
      if (type.getKeyType().isJavaLangObject()
          && type.getContentType().isJavaLangObject()
          && type.getRawClass().isInstance(value)) {
        return value;
      }
      Part keys = Part.of(type.getKeyType(), context);
      Part values = Part.of(type.getContentType(), context);
      Object made = make(value, type, MAPS);
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        Supplier<String> where = () -> Words.inBrackets(entry.getKey());
        Object key = keys.read(entry.getKey(), () -> " key " + where.get());
        Object mapped = values.read(entry.getValue(), where);
        put(key, mapped, (Map<@Nullable Object, @Nullable Object>) made, value, type);
      }
      return made;
    };
  }

  private static List<@Nullable Object> elements(
      Object value, JavaType type, JavaType elementType, DeserializationContext context)
      throws IOException {
    if (!(value instanceof Collection<?> elements)) {
      throw Mismatch.cannotBecome(value, type);
    }
    Part part = Part.of(elementType, context);
    List<@Nullable Object> made = new ArrayList<>(elements.size());
    for (Object element : elements) {
      made.add(part.read(element, () -> value instanceof List ? "[" + made.size() + "]" : ""));
    }
    return made;
  }

  private static Object make(Object value, JavaType type, List<Class<?>> classes) throws Mismatch {
    Class<?> raw = type.getRawClass();
    Class<?> made = classes.stream().filter(raw::isAssignableFrom).findFirst().orElse(raw);
    try {
      return ClassUtil.createInstance(made, true);
    } catch (RuntimeException e) {
      throw Mismatch.cannotBecome(value, type, "it has no constructor for that", e);
    }
  }

  private static void add(
      @Nullable Object element, Collection<@Nullable Object> made, Object value, JavaType type)
      throws Mismatch {
    boolean added;
    try {
      added = made.add(element);
    } catch (RuntimeException e) {
      throw Mismatch.cannotBecome(value, type, "it cannot hold " + Words.value(element), e);
    }
    if (!added) {
      throw Mismatch.cannotBecome(value, type, "it would lose " + Words.value(element), null);
    }
  }

  private static void put(
      @Nullable Object key,
      @Nullable Object mapped,
      Map<@Nullable Object, @Nullable Object> made,
      Object value,
      JavaType type)
      throws Mismatch {
    int size = made.size();
    try {
      made.put(key, mapped);
    } catch (RuntimeException e) {
      throw Mismatch.cannotBecome(value, type, "it cannot hold key " + Words.value(key), e);
    }
    if (made.size() == size) {
      throw Mismatch.cannotBecome(value, type, "it would lose key " + Words.value(key), null);
    }
  }
}
