package dev.clutch.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.clutch.spi.ValueMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Converts with Jackson, by its annotations too, but by stricter rules. Safe to use from any
 * thread.
 *
 * <ul>
 *   <li>A record is made of a Map: every component must be there, but for Optional ones, and
 *       nothing else. So is a bean, which keeps its own values for properties that are not there.
 *   <li>An enum constant is made of its exact name.
 *   <li>Whole numbers become any number type that can hold that very number; a Double becomes only
 *       a double, or the nearest float; a String of one character a char, an OffsetDateTime its
 *       Instant. No other scalar changes.
 *   <li>Collections, arrays and maps are converted element by element, keys included. A Set refuses
 *       to lose an element, and a Map an entry.
 *   <li>What is an instance of the type already stays the same object.
 *   <li>The data never chooses a class: annotations for polymorphic types are ignored.
 * </ul>
 *
 * <p>Types in a named module must be open to {@code com.fasterxml.jackson.databind}.
 */
public final class JacksonValueMapper implements ValueMapper {
  private final ObjectMapper mapper =
      JsonMapper.builder()
          // Only what can be set is a property: a getter would make Jackson ignore a value.
          .disable(
              MapperFeature.AUTO_DETECT_GETTERS,
              MapperFeature.AUTO_DETECT_IS_GETTERS,
              MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
          .annotationIntrospector(new Annotations())
          .addModule(new ReaderModule())
          .build();

  /** For {@link java.util.ServiceLoader}. */
  public JacksonValueMapper() {}

  @Override
  public @Nullable Object map(@Nullable Object value, Type type) {
    JavaType target = mapper.constructType(type);
    try {
      return mapper.readerFor(target).readValue(Tokens.of(value));
    } catch (JsonMappingException e) {
      throw Mismatch.from(e, value, target).toException();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException(
          "result: " + Words.value(value) + " is nested too deeply for the stack of this thread",
          e);
    }
  }
}
