package dev.clutch.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory that the baselines in C and in Java share: C builds Python objects from it, or reads them
 * into it, and plain Java builds its own from it. A long has 8 bytes; a string has its length in 4,
 * and then its characters, which are ASCII; a pair has a string and a long.
 */
final class Flat {
  static final int CAPACITY = 16 << 20;
  static final ByteBuffer MEMORY =
      ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.nativeOrder());

  private Flat() {}

  static void putLongs(List<Long> values) {
    MEMORY.clear();
    values.forEach(MEMORY::putLong);
  }

  static void putStrings(List<String> values) {
    MEMORY.clear();
    values.forEach(Flat::put);
  }

  static void putDict(Map<String, Long> values) {
    MEMORY.clear();
    values.forEach(
        (key, value) -> {
          put(key);
          MEMORY.putLong(value);
        });
  }

  private static void put(String value) {
    MEMORY.putInt(value.length());
    MEMORY.put(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** What the last put has put. */
  static List<Object> longs(int count) {
    List<Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(MEMORY.getLong(i * Long.BYTES));
    }
    return list;
  }

  static List<Object> strings(int count) {
    ByteBuffer from = copy();
    List<Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(string(from));
    }
    return list;
  }

  static Map<Object, Object> dict(int count) {
    ByteBuffer from = copy();
    Map<Object, Object> map = new LinkedHashMap<>(count * 4 / 3 + 1);
    for (int i = 0; i < count; i++) {
      map.put(string(from), from.getLong());
    }
    return map;
  }

  /** In the heap, where strings are made of bytes without another copy. */
  private static ByteBuffer copy() {
    byte[] bytes = new byte[MEMORY.position()];
    MEMORY.get(0, bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private static String string(ByteBuffer from) {
    int length = from.getInt();
    int start = from.position();
    from.position(start + length);
    return new String(from.array(), start, length, StandardCharsets.ISO_8859_1);
  }
}
