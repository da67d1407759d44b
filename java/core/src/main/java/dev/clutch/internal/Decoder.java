package dev.clutch.internal;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads values that {@code encoder.c} wrote. */
final class Decoder {
  private Decoder() {}

  static @Nullable Object decode(ByteBuffer from) {
    byte tag = from.get();
    return switch (tag) {
      case 'N' -> null;
      case 'T' -> true;
      case 'F' -> false;
      case 'i' -> from.getLong();
      case 'I' -> bigInteger(from);
      case 'd' -> from.getDouble();
      case 's' -> new String(bytes(from), StandardCharsets.ISO_8859_1);
      case 'u' -> utf16(from);
      case 'b' -> bytes(from);
      case '[' -> list(from);
      case '(' -> Collections.unmodifiableList(list(from));
      case '<' -> set(from);
      case '{' -> map(from);
      case 'f' -> JavaObjects.get(from.getLong());
      default -> throw new IllegalStateException("malformed value from Python: tag " + tag);
    };
  }

  private static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.getInt()];
    from.get(bytes);
    return bytes;
  }

  private static BigInteger bigInteger(ByteBuffer from) {
    byte[] bytes = bytes(from);
    for (int low = 0, high = bytes.length - 1; low < high; low++, high--) {
      byte swapped = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = swapped;
    }
    return new BigInteger(bytes);
  }

  /** Unit by unit, so that unpaired surrogates survive. */
  private static String utf16(ByteBuffer from) {
    char[] units = new char[from.getInt()];
    from.asCharBuffer().get(units);
    from.position(from.position() + units.length * 2);
    return new String(units);
  }

  private static List<@Nullable Object> list(ByteBuffer from) {
    int count = from.getInt();
    List<@Nullable Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(decode(from));
    }
    return list;
  }

  private static Set<@Nullable Object> set(ByteBuffer from) {
    return new LinkedHashSet<>(list(from));
  }

  private static Map<@Nullable Object, @Nullable Object> map(ByteBuffer from) {
    int count = from.getInt();
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(count * 4 / 3 + 1);
    for (int i = 0; i < count; i++) {
      map.put(decode(from), decode(from));
    }
    return map;
  }
}
