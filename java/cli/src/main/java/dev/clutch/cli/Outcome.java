package dev.clutch.cli;

import dev.clutch.NotShareableException;
import dev.clutch.PythonException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call.
 *
 * @param result what the function returned
 * @param error what is reported instead, if it failed
 */
record Outcome(@Nullable Object result, @Nullable Map<String, String> error) {
  static Outcome of(Supplier<@Nullable Object> call) {
    try {
      return new Outcome(call.get(), null);
    } catch (PythonException e) {
      return failure(e.typeName(), e.pythonMessage(), e.formattedTraceback());
    } catch (NotShareableException e) {
      return failure("NotShareableException", String.valueOf(e.getMessage()), "");
    }
  }

  boolean failed() {
    return error != null;
  }

  private static Outcome failure(String type, String message, String traceback) {
    Map<String, String> error = new LinkedHashMap<>();
    error.put("type", type);
    error.put("message", message);
    error.put("traceback", traceback);
    return new Outcome(null, error);
  }
}
