package dev.clutch;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its type arguments, which a {@code Class} cannot say. Made as a subclass, so that the
 * arguments survive erasure:
 *
 * <pre>{@code
 * List<Integer> primes = interpreter.eval("[2, 3, 5]", new TypeToken<List<Integer>>() {});
 * }</pre>
 *
 * @param <T> the type
 */
public abstract class TypeToken<T> {
  private final Type type;

  /** Reads the type argument of the subclass. */
  protected TypeToken() {
    if (getClass().getGenericSuperclass() instanceof ParameterizedType superclass
        && superclass.getRawType() == TypeToken.class) {
      type = superclass.getActualTypeArguments()[0];
    } else {
      throw new IllegalStateException(
          getClass() + " does not say its type: write new TypeToken<List<String>>() {}");
    }
  }

  /** The type. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return "TypeToken<" + type.getTypeName() + ">";
  }
}
