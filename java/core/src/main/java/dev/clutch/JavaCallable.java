package dev.clutch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Java function that Python may call with any number of positional and keyword arguments. The
 * functional interfaces of {@code java.util.function} take a fixed number and no keywords.
 */
@FunctionalInterface
public interface JavaCallable {
  /**
   * Called by Python, on the thread that runs the Python code, with the GIL released.
   *
   * @param args the positional arguments; unmodifiable
   * @param kwargs the keyword arguments, in the order they were given; unmodifiable
   * @return what the call gives in Python; any value that can cross
   * @throws Exception whatever it throws is {@code clutch.JavaException} in Python
   */
  @Nullable Object call(List<@Nullable Object> args, Map<String, @Nullable Object> kwargs)
      throws Exception;
}
