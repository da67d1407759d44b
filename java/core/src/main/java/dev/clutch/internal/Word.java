package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * Most ints there are, as {@code codec.h} writes them: seven bytes, and below them the tag. A few
 * of them, or one as a result, are passed without a buffer.
 */
final class Word {
  /** How many arguments can be passed that way. */
  static final int MOST = 3;

  /** The tag of an answer that is the address of a response: {@code call.c}. */
  static final byte ELSEWHERE = 'R';

  /** In place of an argument that there is not. */
  private static final long ABSENT = 'j';

  private Word() {}

  static boolean fits(long number) {
    return number << 8 >> 8 == number;
  }

  static long of(long number) {
    return number << 8 | 'j';
  }

  static boolean isInt(long word) {
    return (byte) word == 'j';
  }

  /** What is beside the tag. */
  static long value(long word) {
    return word >> 8;
  }

  /** The word for an argument, or 0 if it has none. */
  static long ofArgument(@Nullable Object[] args, int index) {
    if (index >= args.length) {
      return ABSENT;
    }
    return args[index] instanceof Long number && fits(number) ? of(number) : 0;
  }

  /** Whether all are words, and none 0: they have the tag in common. */
  static boolean areAll(long first, long second, long third) {
    return (first & second & third) != 0;
  }

  /** So many of them, as arguments of a call. */
  static @Nullable Object[] values(int count, long first, long second, long third) {
    return switch (count) {
      case 0 -> new Object[0];
      case 1 -> new Object[] {value(first)};
      case 2 -> new Object[] {value(first), value(second)};
      default -> new Object[] {value(first), value(second), value(third)};
    };
  }
}
