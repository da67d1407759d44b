package dev.clutch.mapping;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The elements, keys or values of one container: all become the same type. */
record Part(JavaType type, JsonDeserializer<Object> reader, DeserializationContext context) {
  static Part of(JavaType type, DeserializationContext context) throws JsonMappingException {
    return new Part(type, context.findRootValueDeserializer(type), context);
  }

  /** Converts one, and says on an error where it is. */
  @Nullable Object read(@Nullable Object value, Supplier<String> where) throws IOException {
    try {
      return Tokens.read(value, reader, context);
    } catch (JsonMappingException e) {
      throw Mismatch.from(e, value, type).under(where.get());
    }
  }
}
