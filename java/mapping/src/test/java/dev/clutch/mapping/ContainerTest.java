package dev.clutch.mapping;

import static dev.clutch.mapping.Mapping.assertRefused;
import static dev.clutch.mapping.Mapping.assertUntouched;
import static dev.clutch.mapping.Mapping.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.clutch.mapping.Mapping.Of;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ContainerTest {
  enum Color {
    RED,
    GREEN
  }

  static final class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1;
  }

  static final class Unmakable extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Unmakable(int first, int second) {
      super(first + second);
    }
  }

  @Test
  void collectionsAreConvertedElementByElement() {
    List<Long> ports = List.of(80L, 443L);
    assertThat(map(ports, new Of<List<Integer>>() {})).containsExactly(80, 443);
    assertThat(map(ports, new Of<Collection<Short>>() {})).containsExactly((short) 80, (short) 443);
    assertThat(map(ports, new Of<Iterable<Integer>>() {})).containsExactly(80, 443);
    assertThat(map(ports, new Of<LinkedList<Integer>>() {})).containsExactly(80, 443);
    assertThat(map(ports, new Of<ArrayDeque<Integer>>() {})).containsExactly(80, 443);
    assertThat(map(ports, new Of<Set<Integer>>() {})).containsExactlyInAnyOrder(80, 443);
    assertThat(map(ports, new Of<SortedSet<Integer>>() {})).isInstanceOf(TreeSet.class);
    assertThat(map(Set.of(1L), new Of<List<Integer>>() {})).containsExactly(1);
    assertThat(map(List.of("a"), Names.class)).isInstanceOf(Names.class).containsExactly("a");
    assertThat(map(Arrays.asList(1L, null), new Of<List<Integer>>() {})).containsExactly(1, null);
    assertThat(map(null, new Of<List<Integer>>() {})).isNull();
  }

  @Test
  void orderIsKept() {
    Map<String, Long> numbers = new LinkedHashMap<>();
    List<Long> values = new ArrayList<>();
    for (long i = 100; i > 0; i--) {
      numbers.put("k" + i, i);
      values.add(i);
    }
    assertThat(map(numbers, new Of<Map<String, Integer>>() {}).keySet())
        .containsExactlyElementsOf(numbers.keySet());
    assertThat(map(values, new Of<Set<Long>>() {})).containsExactlyElementsOf(values);
  }

  @Test
  void collectionsOfAnythingStayTheSame() {
    List<Object> list = List.of(1L, "a");
    Set<Object> set = Set.of(1L, "a");
    for (Class<?> type : List.of(Object.class, Iterable.class, Collection.class, List.class)) {
      assertUntouched(list, type);
    }
    assertUntouched(set, Set.class);
    assertUntouched(Map.of(1L, "a"), Map.class);
    assertUntouched(list, new Of<List<Object>>() {}.type);
    assertUntouched(list, new Of<List<?>>() {}.type);
  }

  @Test
  void elementsAreNamedByTheirIndex() {
    assertRefused(
        List.of(80L, 70000L),
        new Of<List<Short>>() {},
        "result[1]: Long 70000 does not fit in Short");
    assertRefused(
        Map.of("ports", List.of(80L, 70000L)),
        new Of<Map<String, List<Short>>>() {},
        "result[\"ports\"][1]: Long 70000 does not fit in Short");
    assertRefused(
        List.of(List.of(), List.of(1L, "a")),
        int[][].class,
        "result[1][1]: String \"a\" cannot become int");
    assertRefused(
        Set.of("a"), new Of<Set<Integer>>() {}, "result: String \"a\" cannot become Integer");
  }

  @Test
  void nothingElseBecomesACollection() {
    assertRefused("ab", new Of<List<String>>() {}, "result: String \"ab\" cannot become List");
    assertRefused(Map.of(), new Of<List<String>>() {}, "result: Map of 0 cannot become List");
    assertRefused(5L, new Of<List<Long>>() {}, "result: Long 5 cannot become List");
    assertRefused("", new Of<List<Long>>() {}, "result: String \"\" cannot become List");
    assertRefused(5L, long[].class, "result: Long 5 cannot become long[]");
    assertRefused(
        List.of("a"),
        Unmakable.class,
        "result: List of 1 cannot become Unmakable: it has no constructor for that");
  }

  @Test
  void aSetLosesNoElement() {
    assertRefused(
        List.of(1L, 2L, 1L),
        new Of<Set<Integer>>() {},
        "result: List of 3 cannot become Set: it would lose Integer 1");
    assertRefused(
        List.of(0.1, 0.1 + 1e-12),
        new Of<Set<Float>>() {},
        "result: List of 2 cannot become Set: it would lose Float 0.1");
  }

  @Test
  void aCollectionThatCannotHoldAnElementSaysSo() {
    assertRefused(
        Arrays.asList(1L, null),
        new Of<ArrayDeque<Integer>>() {},
        "result: List of 2 cannot become ArrayDeque: it cannot hold null");
    assertRefused(
        Collections.singletonMap(null, 1L),
        new Of<SortedMap<String, Long>>() {},
        "result: Map of 1 cannot become SortedMap: it cannot hold key null");
  }

  @Test
  void arrays() {
    assertThat(map(List.of(1L, 2L), int[].class)).containsExactly(1, 2);
    assertThat(map(List.of(1L, 2L), long[].class)).containsExactly(1, 2);
    assertThat(map(List.of(1L, 2L), byte[].class)).containsExactly(1, 2);
    assertThat(map(List.of(1L, 2.5), double[].class)).containsExactly(1, 2.5);
    assertThat(map(List.of(true), boolean[].class)).containsExactly(true);
    assertThat(map(List.of("a", "b"), char[].class)).containsExactly('a', 'b');
    assertThat(map(List.of("a"), String[].class)).containsExactly("a");
    assertThat(map(Set.of("RED"), Color[].class)).containsExactly(Color.RED);
    assertThat(map(Arrays.asList(1L, null), Integer[].class)).containsExactly(1, null);
    assertThat(map(List.of(1L, "a"), Object[].class)).containsExactly(1L, "a");
    assertThat(map(List.of(List.of(1L), List.of()), int[][].class))
        .isDeepEqualTo(new int[][] {{1}, {}});
    assertThat(map(List.of(List.of(1L)), new Of<List<Integer>[]>() {})).containsExactly(List.of(1));
    long[] same = {1};
    assertThat(map(List.of(same), long[][].class)[0]).isSameAs(same);
  }

  @Test
  void arraysAreRangeChecked() {
    assertRefused(
        List.of(1L, 1L << 40), int[].class, "result[1]: Long 1099511627776 does not fit in int");
    assertRefused(List.of(200L), byte[].class, "result[0]: Long 200 does not fit in byte");
    assertRefused(Arrays.asList((Object) null), int[].class, "result[0]: null cannot become int");
    assertRefused(new long[] {1}, int[].class, "result: long[] cannot become int[]");
  }

  @Test
  void mapsAreConvertedKeyByKey() {
    Map<Object, Object> numbered = Map.of(1L, "a");
    assertThat(map(numbered, new Of<Map<Long, String>>() {})).containsExactly(entry(1L, "a"));
    assertThat(map(numbered, new Of<Map<Integer, String>>() {})).containsExactly(entry(1, "a"));
    assertThat(map(Map.of("RED", 1L), new Of<Map<Color, Integer>>() {}))
        .containsExactly(entry(Color.RED, 1));
    assertThat(map(Map.of(List.of(1L, 2L), 1L), new Of<Map<List<Integer>, Integer>>() {}))
        .containsExactly(entry(List.of(1, 2), 1));
    assertThat(map(Map.of(LocalDate.EPOCH, 1L), new Of<Map<LocalDate, Integer>>() {}))
        .containsExactly(entry(LocalDate.EPOCH, 1));
    assertThat(map(Map.of(true, 1L), new Of<Map<Boolean, Object>>() {}))
        .containsExactly(entry(true, 1L));
    assertThat(map(Collections.singletonMap(null, null), new Of<Map<Integer, Integer>>() {}))
        .containsExactly(entry(null, null));
    assertThat(map(Map.of("b", 1L, "a", 2L), new Of<SortedMap<String, Integer>>() {}))
        .isInstanceOf(TreeMap.class)
        .containsExactly(entry("a", 2), entry("b", 1));
    assertThat(map(Map.of(1L, Map.of(2L, 3L)), new Of<Map<Integer, Map<Byte, Short>>>() {}))
        .containsExactly(entry(1, Map.of((byte) 2, (short) 3)));
  }

  @Test
  void keysAndValuesAreNamedByTheirKey() {
    assertRefused(
        Map.of(5L, "a"),
        new Of<Map<Integer, Integer>>() {},
        "result[5]: String \"a\" cannot become Integer");
    assertRefused(
        Map.of("m", Map.of(70000L, "a")),
        new Of<Map<String, Map<Short, String>>>() {},
        "result[\"m\"] key [70000]: Long 70000 does not fit in Short");
    assertRefused(
        Map.of(1L, "a"),
        new Of<Map<String, Object>>() {},
        "result key [1]: Long 1 cannot become String");
    assertRefused(
        Map.of("say \"hi\"", "a"),
        new Of<Map<String, Integer>>() {},
        "result[\"say \\\"hi\\\"\"]: String \"a\" cannot become Integer");
    assertRefused(
        Map.of(List.of(1L), "a"),
        new Of<Map<Object, Integer>>() {},
        "result[List of 1]: String \"a\" cannot become Integer");
  }

  @Test
  void aMapLosesNoEntry() {
    Map<Double, Long> close = new LinkedHashMap<>();
    close.put(0.1, 1L);
    close.put(0.1 + 1e-12, 2L);
    assertRefused(
        close,
        new Of<Map<Float, Long>>() {},
        "result: Map of 2 cannot become Map: it would lose key Float 0.1");
  }

  @Test
  void nothingElseBecomesAMap() {
    assertRefused(List.of(), Map.class, "result: List of 0 cannot become Map");
    assertRefused(5L, new Of<Map<String, String>>() {}, "result: Long 5 cannot become Map");
  }

  @Test
  void optionals() {
    assertThat(map(5L, new Of<Optional<Integer>>() {})).contains(5);
    assertThat(map(null, new Of<Optional<Integer>>() {})).isEmpty();
    assertThat((Object) map("a", Optional.class)).isEqualTo(Optional.of("a"));
    assertThat(map(List.of(1L), new Of<Optional<Set<Integer>>>() {})).contains(Set.of(1));
    assertThat(map(Arrays.asList(1L, null), new Of<List<Optional<Integer>>>() {}))
        .containsExactly(Optional.of(1), Optional.empty());
    assertRefused(
        "a", new Of<Optional<Integer>>() {}, "result: String \"a\" cannot become Integer");
  }

  @Test
  void deepNesting() {
    Object value = 1L;
    for (int i = 0; i < 1000; i++) {
      value = i % 2 == 0 ? List.of(value) : new LinkedHashSet<>(List.of(value));
    }
    assertUntouched(value, Object.class);
    assertUntouched(value, Set.class);
  }
}
