package dev.clutch;

import java.util.Arrays;
import java.util.List;

/**
 * What the bytes of a {@link SharedBuffer} are: items of one format in a shape, in C order (PEP
 * 3118); {@code layout.c} is the other side.
 *
 * @param format a native format of one character
 * @param shape how many items there are in each dimension
 */
record BufferLayout(String format, List<Long> shape) {
  private static final String FORMATS = "b B h H i I l L q Q e f d n N P ? c";
  private static final int MOST_DIMENSIONS = 64;

  /** So many bytes. */
  static BufferLayout ofBytes(long count) {
    return new BufferLayout("B", List.of(count));
  }

  /** As many items of that format as fit in so many bytes. */
  static BufferLayout fitting(String format, long bytes) {
    return new BufferLayout(format, List.of(bytes / itemSize(format)));
  }

  /**
   * Items of that format in that shape.
   *
   * @throws IllegalArgumentException if there are no such
   */
  static BufferLayout of(String format, long... shape) {
    BufferLayout made = new BufferLayout(format, Arrays.stream(shape).boxed().toList());
    made.byteSize();
    return made;
  }

  static long itemSize(String format) {
    return switch (format) {
      case "b", "B", "c", "?" -> 1;
      case "h", "H", "e" -> 2;
      case "i", "I", "f" -> 4;
      case "l", "L", "q", "Q", "n", "N", "d", "P" -> 8;
      default ->
          throw new IllegalArgumentException(
              "format must be one of " + FORMATS + ", but it is \"" + format + "\"");
    };
  }

  /** How many bytes all items have. */
  long byteSize() {
    if (shape.size() > MOST_DIMENSIONS) {
      throw new IllegalArgumentException(
          "a shape of " + shape.size() + " dimensions: " + MOST_DIMENSIONS + " are the most");
    }
    long bytes = itemSize(format);
    for (long dimension : shape) {
      bytes = times(bytes, dimension);
    }
    return shape.contains(0L) ? 0 : bytes;
  }

  /** Python computes strides without the dimensions that are 0, and they must be numbers too. */
  private long times(long bytes, long dimension) {
    if (dimension < 0) {
      throw new IllegalArgumentException("a negative dimension: " + shape);
    }
    try {
      return Math.multiplyExact(bytes, Math.max(1, dimension));
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException("too large a shape: " + shape, overflow);
    }
  }
}
