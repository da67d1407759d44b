package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import dev.clutch.TypeToken;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Python values become records, enums and typed collections. */
@Tag("jni")
class MappingTest {
  private static Interpreter python;

  @BeforeAll
  static void createInterpreter() {
    python = Interpreters.create();
    python.run(
        """
        import collections, dataclasses, datetime, decimal, enum, uuid
        @dataclasses.dataclass
        class Point:
            x: int
            y: int
        @dataclasses.dataclass
        class Line:
            start: Point
            end: Point
            tags: list
        Pair = collections.namedtuple('Pair', 'x y')
        class Color(enum.Enum):
            RED = 'r'
            GREEN = 'g'
        class Number(enum.IntEnum):
            RED = 1
        """);
  }

  @AfterAll
  static void closeInterpreter() {
    python.close();
  }

  record Point(int x, int y) {}

  record Line(Point start, Point end, List<String> tags) {}

  enum Color {
    RED,
    GREEN
  }

  record Everything(
      String text,
      BigDecimal price,
      UUID id,
      LocalDate day,
      Duration length,
      Color color,
      Optional<Integer> maybe,
      Map<String, List<Integer>> counts,
      byte[] raw) {}

  @Test
  void dataclassesNamedTuplesAndDictsBecomeRecords() {
    for (String expression : List.of("Point(1, 2)", "Pair(1, 2)", "{'x': 1, 'y': 2}")) {
      assertThat(python.eval(expression, Point.class)).isEqualTo(new Point(1, 2));
    }
    assertThat(python.eval("Line(Point(1, 2), Pair(3, 4), ['a'])", Line.class))
        .isEqualTo(new Line(new Point(1, 2), new Point(3, 4), List.of("a")));
    assertThat(python.callAs(Point.class, "Point", 5, 6)).isEqualTo(new Point(5, 6));
  }

  @Test
  void enumMembersBecomeConstants() {
    assertThat(python.eval("Color.RED", Color.class)).isEqualTo(Color.RED);
    assertThat(python.eval("'GREEN'", Color.class)).isEqualTo(Color.GREEN);
    assertThat(python.eval("[Color.RED, Color.GREEN]", new TypeToken<List<Color>>() {}))
        .isEqualTo(List.of(Color.RED, Color.GREEN));
    assertThatThrownBy(() -> python.eval("'BLUE'", Color.class))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("BLUE");
  }

  @Test
  void typedCollectionsAreConvertedThroughAndThrough() {
    assertThat(python.eval("[1, 2]", new TypeToken<List<Integer>>() {})).isEqualTo(List.of(1, 2));
    assertThat(python.eval("{'a': [Point(1, 2)]}", new TypeToken<Map<String, List<Point>>>() {}))
        .isEqualTo(Map.of("a", List.of(new Point(1, 2))));
    assertThat(python.eval("{1, 2}", new TypeToken<Set<Long>>() {})).isEqualTo(Set.of(1L, 2L));
    assertThat(python.eval("[1, 2]", int[].class)).containsExactly(1, 2);
    assertThat(python.eval("['a']", String[].class)).containsExactly("a");
    assertThat(python.eval("(Point(1, 2),)", Point[].class)).containsExactly(new Point(1, 2));
  }

  @Test
  void errorsNameTheValueAndWhereItIs() {
    assertThatThrownBy(() -> python.eval("[1, 'x']", new TypeToken<List<Integer>>() {}))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("[1]")
        .hasMessageContaining("x");
    assertThatThrownBy(() -> python.eval("Point(1, 2 ** 40)", Point.class))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("y")
        .hasMessageContaining(String.valueOf(1L << 40));
    assertThatThrownBy(() -> python.eval("{'x': 1}", Point.class))
        .isInstanceOf(NotShareableException.class);
  }

  @Test
  void aRecordMayHoldValuesOfEveryKind() {
    Everything all =
        python.eval(
            "{'text': 'x', 'price': decimal.Decimal('1.50'), 'id': uuid.UUID(int=1),"
                + " 'day': datetime.date(2024, 1, 2), 'length': datetime.timedelta(1),"
                + " 'color': Color.GREEN, 'maybe': None, 'counts': {'a': [1]}, 'raw': b'ab'}",
            Everything.class);
    assertThat(all.price()).isEqualTo(new BigDecimal("1.50"));
    assertThat(all.id()).isEqualTo(new UUID(0, 1));
    assertThat(all.day()).isEqualTo(LocalDate.of(2024, 1, 2));
    assertThat(all.length()).isEqualTo(Duration.ofDays(1));
    assertThat(all.color()).isEqualTo(Color.GREEN);
    assertThat(all.maybe()).isEmpty();
    assertThat(all.counts()).isEqualTo(Map.of("a", List.of(1)));
    assertThat(all.raw()).containsExactly('a', 'b');
  }

  @Test
  void singleValuesAreConvertedWithoutLoss() {
    assertThat(python.eval("5", short.class)).isEqualTo((short) 5);
    assertThat(python.eval("5", BigDecimal.class)).isEqualTo(new BigDecimal(5));
    assertThat(
            python.eval(
                "datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)", Instant.class))
        .isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    assertThatThrownBy(() -> python.eval("2 ** 53 + 1", double.class))
        .isInstanceOf(NotShareableException.class);
    assertThatThrownBy(() -> python.eval("True", int.class))
        .isInstanceOf(NotShareableException.class);
    assertThatThrownBy(() -> python.eval("1.0", int.class))
        .isInstanceOf(NotShareableException.class);
  }

  /** A named tuple is a tuple where a List is asked for. */
  @Test
  void aNamedTupleIsStillAList() {
    assertThat(python.eval("Pair(1, 2)", new TypeToken<List<Integer>>() {}))
        .isEqualTo(List.of(1, 2));
    assertThat((Object) python.eval("Pair(1, 2)", List.class)).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void aDataclassThatContainsItselfIsRefused() {
    python.run("loop = Point(1, 2)\nloop.y = loop");
    assertThatThrownBy(() -> python.eval("loop", Point.class))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("contains itself");
  }

  @Test
  void callbacksTakeRecords() {
    interface OnPoint {
      Object take(Point point);
    }
    @FunctionalInterface
    interface Taker extends OnPoint {}
    Taker taker = point -> point.x() + point.y();
    python.set("taker", taker);
    assertThat(python.eval("taker({'x': 1, 'y': 2})")).isEqualTo(3L);
  }

  @Test
  void proxiesReturnRecords() {
    Function<Long, Point> make =
        python.eval("lambda x: Point(x, x)", new TypeToken<Function<Long, Point>>() {});
    assertThat((Object) make.apply(1L)).isEqualTo(new Point(1, 1));
  }

  @Test
  void objectsBecomeRecordsToo() {
    try (PyObject point = python.eval("Point(1, 2)", PyObject.class)) {
      assertThat(point.as(Point.class)).isEqualTo(new Point(1, 2));
      assertThat(point.getAttribute("x", int.class)).isEqualTo(1);
    }
  }
}
