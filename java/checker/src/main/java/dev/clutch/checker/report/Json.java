package dev.clutch.checker.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Objects whose fields keep their order, so that two reports can be compared line by line. */
final class Json {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  static Json object() {
    return new Json();
  }

  Json with(String name, Object value) {
    fields.put(name, value instanceof Json json ? json.fields : value);
    return this;
  }

  Map<String, Object> fields() {
    return fields;
  }

  String print() {
    try {
      return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(fields) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
