package dev.clutch.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Primitive arrays, which are {@code array.array} in Python: by its typecodes, '?' for booleans.
 */
final class Arrays {
  private Arrays() {}

  /** Writes one, or answers false if the value is none. */
  static boolean encode(Object value, CallBuffer to) {
    if (value instanceof long[] array) {
      header(to, 'q', array.length, 8).asLongBuffer().put(array);
      skip(to, array.length * 8);
    } else if (value instanceof double[] array) {
      header(to, 'd', array.length, 8).asDoubleBuffer().put(array);
      skip(to, array.length * 8);
    } else if (value instanceof int[] array) {
      header(to, 'i', array.length, 4).asIntBuffer().put(array);
      skip(to, array.length * 4);
    } else if (value instanceof float[] array) {
      header(to, 'f', array.length, 4).asFloatBuffer().put(array);
      skip(to, array.length * 4);
    } else if (value instanceof short[] array) {
      header(to, 'h', array.length, 2).asShortBuffer().put(array);
      skip(to, array.length * 2);
    } else if (value instanceof char[] array) {
      header(to, 'H', array.length, 2).asCharBuffer().put(array);
      skip(to, array.length * 2);
    } else if (value instanceof boolean[] array) {
      booleans(array, header(to, '?', array.length, 1));
    } else {
      return false;
    }
    return true;
  }

  private static ByteBuffer header(CallBuffer to, char code, int length, int size) {
    long bytes = (long) length * size;
    if (bytes > Integer.MAX_VALUE - 64) {
      throw new CallBuffer.TooLargeException(bytes);
    }
    return to.room(6 + (int) bytes).put((byte) 'a').put((byte) code).putInt((int) bytes);
  }

  private static void skip(CallBuffer to, int bytes) {
    ByteBuffer buffer = to.room(0);
    buffer.position(buffer.position() + bytes);
  }

  private static void booleans(boolean[] array, ByteBuffer to) {
    for (boolean truth : array) {
      to.put((byte) (truth ? 1 : 0));
    }
  }

  /** Reads what follows the tag. */
  static @Nullable Object decode(ByteBuffer from) {
    byte code = from.get();
    int bytes = Decoder.count(from, 1);
    if (bytes % sizeOf(code) != 0) {
      throw new Decoder.MalformedException("an array of " + bytes + " bytes");
    }
    ByteBuffer content = from.slice(from.position(), bytes).order(from.order());
    from.position(from.position() + bytes);
    return switch (code) {
      case 'q' -> {
        long[] array = new long[bytes / 8];
        content.asLongBuffer().get(array);
        yield array;
      }
      case 'd' -> {
        double[] array = new double[bytes / 8];
        content.asDoubleBuffer().get(array);
        yield array;
      }
      case 'i' -> {
        int[] array = new int[bytes / 4];
        content.asIntBuffer().get(array);
        yield array;
      }
      case 'f' -> {
        float[] array = new float[bytes / 4];
        content.asFloatBuffer().get(array);
        yield array;
      }
      case 'h' -> {
        short[] array = new short[bytes / 2];
        content.asShortBuffer().get(array);
        yield array;
      }
      case 'H' -> {
        char[] array = new char[bytes / 2];
        content.asCharBuffer().get(array);
        yield array;
      }
      case 'b' -> {
        byte[] array = new byte[bytes];
        content.get(array);
        yield array;
      }
      case '?' -> booleans(content);
      default -> throw new Decoder.MalformedException("array typecode " + code);
    };
  }

  private static int sizeOf(byte code) {
    return switch (code) {
      case 'q', 'd' -> 8;
      case 'i', 'f' -> 4;
      case 'h', 'H' -> 2;
      default -> 1;
    };
  }

  private static boolean[] booleans(ByteBuffer from) {
    boolean[] array = new boolean[from.remaining()];
    for (int i = 0; i < array.length; i++) {
      array[i] = from.get() != 0;
    }
    return array;
  }
}
