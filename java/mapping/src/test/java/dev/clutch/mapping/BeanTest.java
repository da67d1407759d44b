package dev.clutch.mapping;

import static dev.clutch.mapping.Mapping.assertRefused;
import static dev.clutch.mapping.Mapping.assertUntouched;
import static dev.clutch.mapping.Mapping.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.clutch.mapping.Mapping.Of;
import dev.clutch.spi.ValueMapper;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BeanTest {
  record Point(int x, int y) {
    int getSum() {
      return x + y;
    }
  }

  private record Secret(String name) {}

  private enum Kind {
    A
  }

  record Shape(
      String name,
      Kind kind,
      List<Point> points,
      Map<Long, Point> numbered,
      Optional<Point> center,
      Point[] array,
      double[] weights,
      LocalDate day,
      Object anything,
      BigDecimal price) {}

  record Node(int value, Node next, List<Node> children) {}

  record Pair<A, B>(A first, B second) {}

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException(value + " is not positive");
      }
    }
  }

  record Empty() {}

  record Renamed(@JsonProperty("class") String kind) {}

  record Demanding(@JsonProperty(value = "x", required = true) Integer x) {}

  record Holder(Thread held) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Lenient(int x) {}

  record Wrapper(List<Integer> values) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Wrapper {}
  }

  static class Bean {
    private int size = 7;
    private List<Short> ports = List.of();
    public String open = "default";
    private String readable = "own";

    void setIgnored(int value) {
      throw new AssertionError(value);
    }

    public void setSize(int size) {
      if (size < 0) {
        throw new IllegalStateException("negative");
      }
      this.size = size;
    }

    public void setPorts(List<Short> ports) {
      this.ports = ports;
    }

    public String getReadable() {
      return readable;
    }
  }

  static final class Made {
    final long id;

    @JsonCreator
    Made(@JsonProperty("id") long id) {
      this.id = id;
    }
  }

  static final class Texted {
    final String text;

    public Texted(String text) {
      this.text = text;
    }
  }

  interface Animal {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "kind")
  abstract static class Named {}

  record Dog(String name) implements Animal {}

  static final class Cat extends Named {}

  record Owner(Animal pet) {}

  record Typed(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

  @Test
  void aRecordIsMadeOfAMap() {
    assertThat(map(Map.of("x", 1L, "y", 2L), Point.class)).isEqualTo(new Point(1, 2));
    assertThat(map(Map.of("name", "n"), Secret.class)).isEqualTo(new Secret("n"));
    assertThat(map(Map.of(), Empty.class)).isEqualTo(new Empty());
    assertThat(map(Map.of("class", "c"), Renamed.class)).isEqualTo(new Renamed("c"));
    assertThat(map(null, Point.class)).isNull();
    assertUntouched(new Point(1, 2), Point.class);
  }

  @Test
  void recordsOfEverything() {
    Map<String, Object> point = Map.of("x", 1L, "y", 2L);
    Map<String, Object> fields = new LinkedHashMap<>();
    Object anything = List.of(1L, Map.of());
    fields.put("name", null);
    fields.put("kind", "A");
    fields.put("points", List.of(point, point));
    fields.put("numbered", Map.of(7L, point));
    fields.put("center", point);
    fields.put("array", List.of(point));
    fields.put("weights", new double[] {0.5});
    fields.put("day", LocalDate.EPOCH);
    fields.put("anything", anything);
    fields.put("price", new BigDecimal("1.50"));

    Shape shape = map(fields, Shape.class);

    Point made = new Point(1, 2);
    assertThat(shape.name).isNull();
    assertThat(shape.kind).isSameAs(Kind.A);
    assertThat(shape.points).containsExactly(made, made);
    assertThat(shape.numbered).isEqualTo(Map.of(7L, made));
    assertThat(shape.center).contains(made);
    assertThat(shape.array).containsExactly(made);
    assertThat(shape.weights).isSameAs(fields.get("weights"));
    assertThat(shape.day).isEqualTo(LocalDate.EPOCH);
    assertThat(shape.anything).isSameAs(anything);
    assertThat(shape.price).isEqualTo(new BigDecimal("1.50"));
  }

  @Test
  void recordsInContainers() {
    Map<String, Object> point = Map.of("x", 1L, "y", 2L);
    Point made = new Point(1, 2);
    assertThat(map(List.of(point), new Of<List<Point>>() {})).containsExactly(made);
    assertThat(map(List.of(point), new Of<Set<Point>>() {})).containsExactly(made);
    assertThat(map(List.of(made, point), Point[].class)).containsExactly(made, made);
    assertThat(map(Map.of(1L, point), new Of<Map<Integer, Point>>() {})).isEqualTo(Map.of(1, made));
    assertThat(map(Map.of(point, 1L), new Of<Map<Point, Integer>>() {})).isEqualTo(Map.of(made, 1));
    assertThat(
            map(
                Map.of("first", List.of(1L), "second", point),
                new Of<Pair<List<Short>, Point>>() {}))
        .isEqualTo(new Pair<>(List.of((short) 1), made));
  }

  @Test
  void recursiveRecords() {
    Map<String, Object> leaf = new LinkedHashMap<>();
    leaf.put("value", 2L);
    leaf.put("next", null);
    leaf.put("children", List.of());
    Map<String, Object> root = Map.of("value", 1L, "next", leaf, "children", List.of(leaf));
    Node made = new Node(2, null, List.of());
    assertThat(map(root, Node.class)).isEqualTo(new Node(1, made, List.of(made)));
  }

  private static Map<String, Object> chain(long length) {
    Map<String, Object> chain = null;
    for (long i = 0; i < length; i++) {
      Map<String, Object> longer = new LinkedHashMap<>(Map.of("value", i, "children", List.of()));
      longer.put("next", chain);
      chain = longer;
    }
    return chain;
  }

  @Test
  void deepRecords() {
    assertThat(map(chain(300), Node.class).value).isEqualTo(299);
    assertRefused(
        chain(50_000),
        Node.class,
        "result: Map of 3 is nested too deeply for the stack of this thread");
  }

  @Test
  void componentsAreNamed() {
    assertRefused(
        Map.of("x", 1L << 40, "y", 1L),
        Point.class,
        "result.x: Long 1099511627776 does not fit in int");
    assertRefused(
        Map.of("points", List.of(Map.of("x", 1L, "y", 1L), Map.of("x", "a", "y", 1L))),
        new Of<Map<String, List<Point>>>() {},
        "result[\"points\"][1].x: String \"a\" cannot become int");
    assertRefused(
        Map.of("value", 1L, "next", Map.of("value", 2.5), "children", List.of()),
        Node.class,
        "result.next.value: Double 2.5 cannot become int");
    assertRefused(
        Map.of("first", 1L, "second", Map.of(1L, "x")),
        new Of<Pair<Long, Map<Long, Point>>>() {},
        "result.second[1]: String \"x\" cannot become Point");
  }

  @Test
  void everyComponentMustBeThereButOptionalOnes() {
    assertRefused(Map.of("x", 1L), Point.class, "result.y: missing");
    assertRefused(Map.of(), Secret.class, "result.name: missing");
    assertRefused(
        List.of(Map.of("value", 1L, "children", List.of())),
        Node[].class,
        "result[0].next: missing");
    assertRefused(Map.of(), Demanding.class, "result.x: missing");
    record Maybe(Optional<Integer> size) {}
    assertThat(map(Map.of(), Maybe.class)).isEqualTo(new Maybe(Optional.empty()));
    assertThat(map(Collections.singletonMap("size", null), Maybe.class))
        .isEqualTo(new Maybe(Optional.empty()));
    assertThat(map(Map.of("size", 3L), Maybe.class)).isEqualTo(new Maybe(Optional.of(3)));
  }

  @Test
  void noneIsNoPrimitiveComponent() {
    Map<String, Object> fields = new LinkedHashMap<>(Map.of("x", 1L));
    fields.put("y", null);
    assertRefused(fields, Point.class, "result.y: null cannot become int");
  }

  @Test
  void nothingUnknownMayBeThere() {
    assertRefused(
        Map.of("x", 1L, "y", 2L, "z", 3L), Point.class, "result.z: unknown, Point has x, y");
    assertRefused(
        Map.of("x", 1L, "y", 2L, "sum", 3L), Point.class, "result.sum: unknown, Point has x, y");
    assertRefused(
        List.of(Map.of("id", 1L, "more", List.of(1L))),
        new Of<List<Made>>() {},
        "result[0].more: unknown, Made has id");
    assertRefused(Map.of("a", 1L), Empty.class, "result.a: unknown, Empty has nothing");
    assertThat(map(Map.of("x", 1L, "z", 1L), Lenient.class)).isEqualTo(new Lenient(1));
  }

  @Test
  void onlyAMapBecomesARecord() {
    assertRefused(List.of(1L, 2L), Point.class, "result: List of 2 cannot become Point");
    assertRefused("a", Texted.class, "result: String \"a\" cannot become Texted");
    assertRefused("", Secret.class, "result: String \"\" cannot become Secret");
    assertRefused(
        Map.of(1L, 2L),
        Point.class,
        "result: Map of 1 cannot become Point: its keys must be names, not Long 1");
    assertRefused(Map.of(), Wrapper.class, "result: Map of 0 cannot become Wrapper");
    assertRefused(List.of(1L), Wrapper.class, "result: List of 1 cannot become Wrapper");
  }

  @Test
  void whatAConstructorThrowsIsTheCause() {
    assertThatThrownBy(() -> map(List.of(Map.of("value", -1L)), new Of<List<Positive>>() {}))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "result[0]: Map of 1 cannot become Positive:"
                + " java.lang.IllegalArgumentException: -1 is not positive")
        .hasRootCauseMessage("-1 is not positive");
  }

  @Test
  void whatCannotBeMadeCanBeHeld() {
    Thread thread = Thread.currentThread();
    assertThat(map(Map.of("held", thread), Holder.class).held).isSameAs(thread);
    assertRefused(
        Map.of("held", Map.of("name", "t")),
        Holder.class,
        "result.held: Map of 1 cannot become Thread");
  }

  @Test
  void beansBySettersAndFields() {
    Bean bean = map(Map.of("size", 3L, "ports", List.of(80L), "open", "o"), Bean.class);
    assertThat(bean.size).isEqualTo(3);
    assertThat(bean.ports).containsExactly((short) 80);
    assertThat(bean.open).isEqualTo("o");
    assertThat(map(Map.of(), Bean.class).size).isEqualTo(7);
    assertThat(map(Map.of("id", 1L), Made.class).id).isEqualTo(1);
  }

  @Test
  void beansAreAsStrict() {
    assertRefused(
        Map.of("ports", Arrays.asList(1L, 70000L)),
        Bean.class,
        "result.ports[1]: Long 70000 does not fit in Short");
    assertRefused(
        Map.of("readable", "r"),
        Bean.class,
        "result.readable: unknown, Bean has ignored, open, ports, size");
    assertRefused(
        Map.of("size", -1L),
        Bean.class,
        "result.size: Map of 1 cannot become Bean: java.lang.IllegalStateException: negative");
  }

  @Test
  void theDataChoosesNoClass() {
    Map<String, String> cat = Map.of("kind", Cat.class.getName());
    assertRefused(cat, Named.class, "result: Map of 1 cannot become Named");
    assertRefused(
        Map.of("pet", Map.of("name", "d")),
        Owner.class,
        "result.pet: Map of 1 cannot become Animal");
    Map<String, String> typed = Map.of("@class", Dog.class.getName(), "name", "d");
    assertThat(map(Map.of("any", typed), Typed.class).any).isSameAs(typed);
    Dog dog = new Dog("d");
    assertThat(map(Map.of("pet", dog), Owner.class).pet).isSameAs(dog);
  }

  @Test
  void itIsFoundAsAService() {
    assertThat(ServiceLoader.load(ValueMapper.class))
        .hasOnlyElementsOfType(JacksonValueMapper.class)
        .hasSize(1);
  }
}
