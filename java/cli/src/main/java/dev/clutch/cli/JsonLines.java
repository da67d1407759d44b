package dev.clutch.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an outcome as one line of JSON. Thread-safe. */
final class JsonLines {
  private static final JSON PLAIN = json(JsonFactory.builder().build());
  private static final JSON ASCII =
      json(JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());

  private JsonLines() {}

  /** Without the feature, a field that is None would be missing. */
  private static JSON json(JsonFactory factory) {
    return JSON.builder(factory).enable(JSON.Feature.WRITE_NULL_PROPERTIES).build();
  }

  static String format(String input, Outcome outcome) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("input", input);
    if (outcome.failed()) {
      line.put("error", outcome.error());
    } else {
      line.put("result", outcome.result());
    }
    return format(line);
  }

  private static String format(Map<String, @Nullable Object> line) {
    try {
      String text = PLAIN.asString(line);
      return isUtf8(text) ? text : ASCII.asString(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Python strings may hold unpaired surrogates, which only an escape can carry. */
  private static boolean isUtf8(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
