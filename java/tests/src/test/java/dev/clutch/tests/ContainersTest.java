package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.NotShareableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists, tuples, sets and dicts. */
class ContainersTest extends ValuesFixture {
  static Stream<Object> containers() {
    return Stream.of(
        List.of(),
        List.of(1L),
        Arrays.asList(null, true, 2L, 2.5, "x"),
        Set.of(),
        Set.of("one"),
        Map.of(),
        Map.of("k", 1L),
        Map.of(1L, List.of(Map.of("a", Set.of(1L, 2L)))),
        new TreeMap<>(Map.of("b", 1L, "a", 2L)),
        Collections.singletonMap(null, null),
        Collections.singleton(null),
        Collections.nCopies(10_000, "x"));
  }

  @ParameterizedTest
  @MethodSource("containers")
  void containersStayEqual(Object container) {
    assertThat(echo(container)).isEqualTo(container);
    assertThat(echo(List.of(container))).isEqualTo(List.of(container));
  }

  @Test
  void containersHaveTheTypesOfTheTable() {
    assertIs(List.of(1), "[1]");
    assertIs(new ArrayDeque<>(List.of(1, 2)), "[1, 2]");
    assertIs(Set.of(1), "{1}");
    assertIs(Map.of("a", 1), "{'a': 1}");
    assertIs(new Object[] {1, "x"}, "(1, 'x')");
    assertIs(new String[] {"x"}, "('x',)");
    assertIs(new Object[0], "()");
    assertIs(List.of(new Object[] {1}, new int[][] {}), "[(1,), ()]");
  }

  @Test
  void listsAreModifiableAndTuplesAreNot() {
    List<Object> list = unchecked(python.eval("[1]"));
    list.add(2L);
    assertThat(list).containsExactly(1L, 2L);
    List<Object> tuple = unchecked(python.eval("(1,)"));
    assertThatThrownBy(() -> tuple.add(2L)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(tuple).isEqualTo(List.of(1L));
  }

  @SuppressWarnings("unchecked")
  private static List<Object> unchecked(@Nullable Object value) {
    return (List<Object>) value;
  }

  @Test
  void dictsAndMapsKeepTheirOrder() {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      map.put("k" + (i * 37 % 100), i);
    }
    assertThat(python.call("list", map)).isEqualTo(List.copyOf(map.keySet()));
    assertThat(((Map<?, ?>) echo(map)).keySet().toArray()).isEqualTo(map.keySet().toArray());
  }

  @Test
  void setsComeInPythonsOrder() {
    python.run("s = {'b', 'a', 'c', 'x', 'y'}\nf = frozenset(s)");
    assertThat(List.copyOf((Set<?>) python.eval("s"))).isEqualTo(python.eval("list(s)"));
    assertThat(List.copyOf((Set<?>) python.eval("f"))).isEqualTo(python.eval("list(f)"));
    assertThat(python.eval("f")).isEqualTo(new LinkedHashSet<>(List.of("a", "b", "c", "x", "y")));
  }

  @Test
  void nothingIsLostWhenPythonTakesTwoItemsForOne() {
    Set<Object> set = new LinkedHashSet<>(List.of(1L, 1.0, true));
    assertThatThrownBy(() -> python.call("len", set)).isInstanceOf(RuntimeException.class);
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(1L, "long");
    map.put(1.0, "double");
    assertThatThrownBy(() -> python.call("len", map)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void nothingIsLostWhenJavaTakesTwoItemsForOne() {
    assertThatThrownBy(() -> python.eval("{float('nan'): 1, float('nan'): 2}"))
        .isInstanceOf(NotShareableException.class);
    assertThatThrownBy(() -> python.eval("{float('nan'), float('nan')}"))
        .isInstanceOf(NotShareableException.class);
  }

  @Test
  void aSetOfWhatPythonCannotHashIsRefused() {
    assertThatThrownBy(() -> echo(Set.of(List.of(1)))).hasMessageContaining("unhashable");
    assertThatThrownBy(() -> echo(Map.of(Map.of(), 1))).hasMessageContaining("unhashable");
    assertThat(echo(Map.of(List.of(1).size(), 1))).isEqualTo(Map.of(1L, 1L));
  }

  @Test
  void tuplesAreKeys() {
    Object map = python.eval("{(1, 'a'): 2, frozenset([3]): 4}");
    assertThat(map).isEqualTo(Map.of(List.of(1L, "a"), 2L, Set.of(3L), 4L));
  }

  @Test
  void valuesMayBeNestedAThousandLevelsDeep() {
    Object value = 1L;
    for (int i = 0; i < 990; i++) {
      value = List.of(value);
    }
    assertThat(echo(value).equals(value)).isTrue();
    Object deeper = value;
    for (int i = 0; i < 20; i++) {
      deeper = List.of(deeper);
    }
    Object tooDeep = deeper;
    assertThatThrownBy(() -> echo(tooDeep))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("nested deeper than 1000 levels");
    python.run("deep = []\nfor _ in range(1100): deep = [deep]");
    assertThatThrownBy(() -> python.get("deep"))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("nested deeper than 1000 levels");
  }

  @Test
  void whatChangesWhileItCrossesIsReported() {
    List<Object> lying =
        new ArrayList<>(List.of(1, 2)) {
          private static final long serialVersionUID = 1L;

          @Override
          public int size() {
            return 3;
          }
        };
    assertThat(catchThrowable(() -> echo(lying)))
        .isInstanceOf(java.util.ConcurrentModificationException.class);
    assertThat(echo(1)).isEqualTo(1L);
  }
}
