package dev.clutch.mapping;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An error in our words. It is one of Jackson's, so that Jackson adds to its path. */
final class Mismatch extends JsonMappingException {
  private static final long serialVersionUID = 1;

  /** Where a step of the path is not a property of this class but already in words. */
  private static final Class<?> IN_WORDS = Words.class;

  private Mismatch(String message, @Nullable Throwable cause) {
    super(null, message, cause);
  }

  static Mismatch cannotBecome(@Nullable Object value, JavaType type) {
    return new Mismatch(Words.value(value) + " cannot become " + Words.name(type), null);
  }

  static Mismatch cannotBecome(
      @Nullable Object value, JavaType type, String why, @Nullable Throwable cause) {
    return new Mismatch(
        Words.value(value) + " cannot become " + Words.name(type) + ": " + why, cause);
  }

  static Mismatch doesNotFit(Object value, JavaType type) {
    return new Mismatch(Words.value(value) + " does not fit in " + Words.name(type), null);
  }

  static Mismatch missing() {
    return new Mismatch("missing", null);
  }

  /** The same error if it is one of ours, else one that says which value it is about. */
  static Mismatch from(JsonMappingException error, @Nullable Object value, JavaType type) {
    if (error instanceof Mismatch mismatch) {
      return mismatch;
    }
    Mismatch mismatch =
        error instanceof PropertyBindingException unknown
            ? unknown(unknown, type)
            : refused(error, value, type);
    List<Reference> path = error.getPath();
    for (int i = path.size() - 1; i >= 0; i--) {
      mismatch.prependPath(path.get(i));
    }
    return mismatch;
  }

  private static Mismatch unknown(PropertyBindingException error, JavaType type) {
    String known =
        error.getKnownPropertyIds().stream()
            .map(String::valueOf)
            .sorted()
            .collect(Collectors.joining(", "));
    String has = known.isEmpty() ? "nothing" : Words.cut(known);
    return new Mismatch("unknown, " + Words.name(type) + " has " + has, error);
  }

  private static Mismatch refused(
      JsonMappingException error, @Nullable Object value, JavaType type) {
    Throwable cause = error;
    while (cause instanceof JacksonException || cause instanceof InvocationTargetException) {
      cause = cause.getCause();
    }
    return cause == null
        ? new Mismatch(cannotBecome(value, type).getOriginalMessage(), error)
        : cannotBecome(value, type, cause.toString(), cause);
  }

  Mismatch under(String step) {
    prependPath(IN_WORDS, step);
    return this;
  }

  IllegalArgumentException toException() {
    String path =
        getPath().stream()
            .map(
                step ->
                    step.getFrom() == IN_WORDS ? step.getFieldName() : "." + step.getFieldName())
            .collect(Collectors.joining());
    return new IllegalArgumentException("result" + path + ": " + getOriginalMessage(), getCause());
  }
}
