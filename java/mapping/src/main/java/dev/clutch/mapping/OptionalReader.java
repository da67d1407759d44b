package dev.clutch.mapping;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import java.util.Optional;

/** Makes an Optional, which alone may be missing. */
final class OptionalReader extends ValueReader {
  OptionalReader(JavaType type) {
    super(
        type,
        (value, context) ->
            Optional.ofNullable(Tokens.read(value, type.containedTypeOrUnknown(0), context)));
  }

  @Override
  public Object getNullValue(DeserializationContext context) {
    return Optional.empty();
  }

  @Override
  public Object getAbsentValue(DeserializationContext context) {
    return Optional.empty();
  }
}
