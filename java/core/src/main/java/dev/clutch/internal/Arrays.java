package dev.clutch.internal;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Primitive arrays, which are {@code array.array} in Python: by its typecodes, '?' for booleans.
 */
final class Arrays {
  private static final Map<Class<?>, Type> BY_CLASS = types(Type::arrayClass);
  private static final Map<Byte, Type> BY_CODE = types(Type::code);

  private Arrays() {}

  /** How arrays with elements of a type are made, read from a buffer, and written to one. */
  record Type(
      byte code,
      int size,
      Class<?> arrayClass,
      IntFunction<Object> make,
      BiConsumer<ByteBuffer, Object> read,
      BiConsumer<ByteBuffer, Object> write) {

    @SuppressWarnings("unchecked") // make and arrayClass say that it is an A
    static <A> Type of(
        char code,
        int size,
        Class<A> arrayClass,
        IntFunction<A> make,
        BiConsumer<ByteBuffer, A> read,
        BiConsumer<ByteBuffer, A> write) {
      return new Type(
          (byte) code,
          size,
          arrayClass,
          make::apply,
          (BiConsumer<ByteBuffer, Object>) read,
          (BiConsumer<ByteBuffer, Object>) write);
    }

    /** How many bytes the elements of an array have. */
    long sizeOf(Object array) {
      return (long) size * Array.getLength(array);
    }

    /** Writes an array. */
    void encode(Object array, CallBuffer to) {
      long bytes = sizeOf(array);
      if (bytes > Integer.MAX_VALUE - 64) {
        throw new CallBuffer.TooLargeException(bytes);
      }
      ByteBuffer room = to.room(6 + (int) bytes).put((byte) 'a').put(code).putInt((int) bytes);
      write.accept(room.slice().order(room.order()), array);
      room.position(room.position() + (int) bytes);
    }
  }

  private static <K> Map<K, Type> types(Function<Type, K> key) {
    return Stream.of(
            Type.of(
                'q',
                8,
                long[].class,
                long[]::new,
                (from, to) -> from.asLongBuffer().get(to),
                (to, from) -> to.asLongBuffer().put(from)),
            Type.of(
                'd',
                8,
                double[].class,
                double[]::new,
                (from, to) -> from.asDoubleBuffer().get(to),
                (to, from) -> to.asDoubleBuffer().put(from)),
            Type.of(
                'i',
                4,
                int[].class,
                int[]::new,
                (from, to) -> from.asIntBuffer().get(to),
                (to, from) -> to.asIntBuffer().put(from)),
            Type.of(
                'f',
                4,
                float[].class,
                float[]::new,
                (from, to) -> from.asFloatBuffer().get(to),
                (to, from) -> to.asFloatBuffer().put(from)),
            Type.of(
                'h',
                2,
                short[].class,
                short[]::new,
                (from, to) -> from.asShortBuffer().get(to),
                (to, from) -> to.asShortBuffer().put(from)),
            Type.of(
                'H',
                2,
                char[].class,
                char[]::new,
                (from, to) -> from.asCharBuffer().get(to),
                (to, from) -> to.asCharBuffer().put(from)),
            Type.of('b', 1, byte[].class, byte[]::new, ByteBuffer::get, ByteBuffer::put),
            Type.of('?', 1, boolean[].class, boolean[]::new, Arrays::read, Arrays::write))
        .collect(Collectors.toUnmodifiableMap(key, type -> type));
  }

  private static void read(ByteBuffer from, boolean[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from.get(i) != 0;
    }
  }

  private static void write(ByteBuffer to, boolean[] from) {
    for (int i = 0; i < from.length; i++) {
      to.put(i, (byte) (from[i] ? 1 : 0));
    }
  }

  /** What kind of array it is, or null if it is none. */
  static @Nullable Type typeOf(Object value) {
    return BY_CLASS.get(value.getClass());
  }

  /** Reads what follows the tag. */
  static Object decode(ByteBuffer from) {
    byte code = from.get();
    int bytes = Decoder.count(from, 1);
    Type type = BY_CODE.get(code);
    if (type == null) {
      throw new Decoder.MalformedException("array typecode " + code);
    }
    if (bytes % type.size != 0) {
      throw new Decoder.MalformedException("an array of " + bytes + " bytes");
    }
    Object array = type.make.apply(bytes / type.size);
    type.read.accept(from.slice(from.position(), bytes).order(from.order()), array);
    from.position(from.position() + bytes);
    return array;
  }
}
