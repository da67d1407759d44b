package dev.clutch.mapping;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A conversion of whole values, as Jackson wants it. */
class ValueReader extends JsonDeserializer<Object> {
  /** What makes a value of the type from any value but null. */
  interface Conversion {
    @Nullable Object convert(Object value, DeserializationContext context) throws IOException;
  }

  private final JavaType type;
  private final Conversion conversion;

  ValueReader(JavaType type, Conversion conversion) {
    this.type = type;
    this.conversion = conversion;
  }

  final @Nullable Object convert(Object value, DeserializationContext context) throws IOException {
    return conversion.convert(value, context);
  }

  @Override
  public final @Nullable Object deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    return convert(Tokens.valueOf(parser, context), context);
  }

  @Override
  public @Nullable Object getNullValue(DeserializationContext context) throws Mismatch {
    if (type.isPrimitive()) {
      throw Mismatch.cannotBecome(null, type);
    }
    return null;
  }

  @Override
  public Object getAbsentValue(DeserializationContext context) throws Mismatch {
    throw Mismatch.missing();
  }

  @Override
  public final boolean isCachable() {
    return true;
  }
}
