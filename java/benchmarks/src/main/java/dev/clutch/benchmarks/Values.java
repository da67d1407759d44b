package dev.clutch.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The collections that cross, in Java and as Python. */
final class Values {
  /** From here on, neither Java nor Python has numbers ready-made. */
  static final long FIRST = 1_000;

  static final int LIST = 100_000;
  static final int DICT = 10_000;

  static final String PYTHON_LONGS = "[1000 + i for i in range(100_000)]";
  static final String PYTHON_STRINGS = "[f'item {i}' for i in range(100_000)]";
  static final String PYTHON_DICT = "{f'item {i}': 1000 + i for i in range(10_000)}";

  private Values() {}

  static List<Long> longs() {
    return LongStream.range(FIRST, FIRST + LIST).boxed().collect(Collectors.toList());
  }

  static List<String> strings() {
    return IntStream.range(0, LIST).mapToObj(i -> "item " + i).collect(Collectors.toList());
  }

  static Map<String, Long> dict() {
    Map<String, Long> map = new HashMap<>();
    for (int i = 0; i < DICT; i++) {
      map.put("item " + i, FIRST + i);
    }
    return map;
  }
}
