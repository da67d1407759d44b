package dev.clutch.mapping;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as Jackson's tokens: each is a single one, whatever is inside. */
final class Tokens {
  private Tokens() {}

  static JsonParser of(@Nullable Object value) throws IOException {
    TokenBuffer tokens = new TokenBuffer(null, false);
    write(value, tokens);
    return started(tokens);
  }

  static JsonParser ofFields(Map<?, ?> fields, JavaType type) throws IOException {
    TokenBuffer tokens = new TokenBuffer(null, false);
    tokens.writeStartObject();
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      if (!(field.getKey() instanceof String name)) {
        String why = "its keys must be names, not " + Words.value(field.getKey());
        throw Mismatch.cannotBecome(fields, type, why, null);
      }
      tokens.writeFieldName(name);
      write(field.getValue(), tokens);
    }
    tokens.writeEndObject();
    return started(tokens);
  }

  /** Some annotations make Jackson hand on the tokens inside a Map, which are not a value. */
  static Object valueOf(JsonParser parser, DeserializationContext context) throws IOException {
    return parser.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT)
        ? parser.getEmbeddedObject()
        : context.reportInputMismatch(Object.class, "not a whole value");
  }

  static @Nullable Object read(
      @Nullable Object value, JavaType type, DeserializationContext context) throws IOException {
    return read(value, context.findRootValueDeserializer(type), context);
  }

  static @Nullable Object read(
      @Nullable Object value, JsonDeserializer<Object> reader, DeserializationContext context)
      throws IOException {
    if (value == null) {
      return reader.getNullValue(context);
    }
    return reader instanceof ValueReader direct
        ? direct.convert(value, context)
        : reader.deserialize(of(value), context);
  }

  private static void write(@Nullable Object value, TokenBuffer tokens) throws IOException {
    if (value == null) {
      tokens.writeNull();
    } else {
      tokens.writeEmbeddedObject(value);
    }
  }

  private static JsonParser started(TokenBuffer tokens) throws IOException {
    JsonParser parser = tokens.asParser();
    parser.nextToken();
    return parser;
  }
}
