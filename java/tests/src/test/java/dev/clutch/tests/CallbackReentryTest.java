package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.JavaCallable;
import dev.clutch.PyObject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Java that Python calls uses Python again. */
class CallbackReentryTest extends CallbackFixture {
  @Test
  void aCallbackMayUseItsOwnAndOtherInterpreters() {
    python.set("own", (Function<Object, Object>) x -> python.eval("40 + " + x));
    python.set("others", (Function<Object, Object>) x -> other.eval("40 + " + x));
    assertThat(python.eval("[own(2), others(3), own(4)]")).isEqualTo(List.of(42L, 43L, 44L));
  }

  @Test
  void callsNestDeeplyThroughBothLanguages() {
    python.run("def down(n, f):\n    return 0 if n == 0 else 1 + f(n - 1)");
    other.run("def down(n, f):\n    return 0 if n == 0 else 1 + f(n - 1)");
    class Down implements Function<Object, Object> {
      @Override
      public Object apply(Object n) {
        Interpreter next = (Long) n % 2 == 0 ? python : other;
        return next.call("down", n, this);
      }
    }
    assertThat(python.call("down", 100, new Down())).isEqualTo(100L);
  }

  @Test
  void aCallbackMayIterateWhatItIsCalledFrom() {
    python.set("total", (Function<PyObject, Object>) CallbackReentryTest::sum);
    assertThat(python.eval("total(x * x for x in range(10))")).isEqualTo(285L);
  }

  private static long sum(PyObject generator) {
    try (generator;
        Stream<Object> items = generator.stream()) {
      return items.mapToLong(each -> (Long) each).sum();
    }
  }

  /** Making a date of a response runs Python code; here it calls back, as a destructor might. */
  @Test
  void aCallbackMayComeWhileTheResponseOfAnotherIsRead() {
    python.set("inner", (Supplier<Object>) () -> two());
    python.set("outer", (Supplier<Object>) () -> List.of(LocalDate.EPOCH, two()));
    python.run("import clutch; clutch._make_date = lambda ordinal: inner()");
    assertThat(python.eval("[f() for f in outer()]")).isEqualTo(List.of(2L, 2L));
  }

  private static Supplier<Object> two() {
    return () -> 2L;
  }

  @Test
  void hashCodesMayCallWhileArgumentsAreRead() {
    List<Object> seen = new ArrayList<>();
    AskingKey key = new AskingKey(() -> seen.add(python.eval("nested(['x', 'y'])")));
    python.set("nested", (Function<Object, Object>) x -> x);
    python.set(
        "f",
        (JavaCallable)
            (args, keywords) -> List.of(((Map<?, ?>) args.get(0)).get(key), args.get(1)));
    python.set("key", key);
    assertThat(python.eval("f({key: 'value'}, 'last')")).isEqualTo(List.of("value", "last"));
    assertThat(seen).isNotEmpty().containsOnly(List.of("x", "y"));
  }
}
