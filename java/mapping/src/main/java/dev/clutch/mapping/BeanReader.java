package dev.clutch.mapping;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has Jackson make a record or a bean of a Map. */
final class BeanReader extends DelegatingDeserializer {
  private static final long serialVersionUID = 1;

  private final JavaType type;

  BeanReader(JsonDeserializer<?> reader, JavaType type) {
    super(reader);
    this.type = type;
  }

  @Override
  protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> reader) {
    return new BeanReader(reader, type);
  }

  @Override
  public @Nullable Object deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    Object value = Tokens.valueOf(parser, context);
    if (type.getRawClass().isInstance(value)) {
      return value;
    }
    if (!(value instanceof Map<?, ?> fields)) {
      throw Mismatch.cannotBecome(value, type);
    }
    try {
      return super.deserialize(Tokens.ofFields(fields, type), context);
    } catch (JsonMappingException e) {
      throw Mismatch.from(e, value, type);
    }
  }

  @Override
  public Object getAbsentValue(DeserializationContext context) throws Mismatch {
    throw Mismatch.missing();
  }
}
