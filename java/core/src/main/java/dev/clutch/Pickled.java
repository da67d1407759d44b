package dev.clutch;

import java.util.Arrays;
import java.util.Objects;

/**
 * A Python object that Java has no type for, as it came through an {@link InterpreterQueue} or a
 * {@link Channel}: pickled. Java cannot look into it, but can pass it on: as an argument, through
 * another queue or channel; where it gets to Python, it is unpickled ({@code pickle.loads}).
 */
public final class Pickled {
  private final byte[] data;

  /**
   * For what {@code pickle.dumps}, or a library for Java, made.
   *
   * <p>Whoever can choose the bytes can run code where they are unpickled.
   */
  public Pickled(byte[] data) {
    this.data = Objects.requireNonNull(data, "data").clone();
  }

  /** A copy of the pickle. */
  public byte[] toByteArray() {
    return data.clone();
  }

  /** Whether the bytes are the same: equal objects may have different ones. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Pickled pickled && Arrays.equals(data, pickled.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Pickled[" + data.length + " bytes]";
  }
}
