package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Subclasses, UUIDs, callables and objects; and every kind of interpreter. */
class OtherValuesTest extends ValuesFixture {
  @Test
  void subclassesOfTheUpperHalfCrossAsTheirBases() {
    python.run(
        """
        import collections, enum
        class I(int):
            def bit_length(self): return 1
            def to_bytes(self, *args, **kwargs): return b''
            def __index__(self): return 3
        class S(str):
            def __str__(self): return 'wrong'
        class F(float): pass
        class B(bytes): pass
        class L(list):
            def __iter__(self): return iter(())
            def __len__(self): return 99
        class T(tuple): pass
        class D(dict):
            def items(self): return ()
            def __iter__(self): return iter(())
        class FS(frozenset):
            def __iter__(self): return iter(())
        class Color(enum.IntEnum):
            RED = 1
        class Word(str, enum.Enum):
            A = 'a'
        """);
    assertThat(python.eval("I(7)")).isEqualTo(7L);
    assertThat(python.eval("I(2 ** 70)")).isEqualTo(BigInteger.TWO.pow(70));
    assertThat(python.eval("S('x\\u20ac')")).isEqualTo("x\u20ac");
    assertThat(python.eval("F(2.5)")).isEqualTo(2.5);
    assertThat((byte[]) python.eval("B(b'ab')")).containsExactly('a', 'b');
    assertThat(python.eval("L([1, 2])")).isEqualTo(List.of(1L, 2L));
    assertThat(python.eval("T((1, 2))")).isEqualTo(List.of(1L, 2L));
    assertThat(python.eval("D(a=1)")).isEqualTo(Map.of("a", 1L));
    assertThat(python.eval("FS([1])")).isEqualTo(Set.of(1L));
    assertThat(python.eval("Color.RED")).isEqualTo(1L);
    assertThat(python.eval("Word.A")).isEqualTo("a");
    assertThat(python.eval("collections.OrderedDict(b=1, a=2)")).hasToString("{b=1, a=2}");
    assertThat(python.eval("collections.defaultdict(int, {1: 2})")).isEqualTo(Map.of(1L, 2L));
    assertThat(python.eval("collections.Counter('aab')")).isEqualTo(Map.of("a", 2L, "b", 1L));
    assertThat(python.eval("collections.namedtuple('P', 'x y')(1, 2)")).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void uuidsStayThemselves() {
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    assertStays(uuid);
    python.run("import uuid");
    assertIs(uuid, "uuid.UUID('00112233-4455-6677-8899-aabbccddeeff')");
    assertIs(new UUID(0, 0), "uuid.UUID(int=0)");
    assertIs(new UUID(-1, -1), "uuid.UUID(int=2 ** 128 - 1)");
    assertStays(List.of(uuid).get(0));
  }

  @Test
  void javaFunctionsComeBackAsThemselves() {
    Function<Object, Object> function = x -> x;
    assertThat(echo(function)).isSameAs(function);
    assertThat(echo(List.of(function, function))).isEqualTo(List.of(function, function));
  }

  @Test
  void objectsComeBackAsTheVerySame() {
    try (PyObject object = python.eval("object()", PyObject.class);
        PyObject back = (PyObject) echo(object)) {
      assertThat(back).isEqualTo(object);
      List<?> nested = (List<?>) echo(List.of(object, Map.of("k", object)));
      assertThat(nested.get(0)).isEqualTo(object);
      assertThat(((Map<?, ?>) nested.get(1)).get("k")).isEqualTo(object);
    }
  }

  @Test
  void everyOtherPythonObjectIsAnObject() {
    assertIsObject("object()", "builtins.object");
    assertIsObject("int", "builtins.type");
    assertIsObject("echo", "builtins.function");
    assertIsObject("1j", "builtins.complex");
    assertIsObject("range(3)", "builtins.range");
    assertIsObject("...", "builtins.ellipsis");
    assertIsObject("NotImplemented", "builtins.NotImplementedType");
    assertIsObject("ValueError('x')", "builtins.ValueError");
    assertIsObject("{}.keys()", "builtins.dict_keys");
    assertIsObject("slice(1)", "builtins.slice");
    assertIsObject("(x for x in [])", "builtins.generator");
    assertThat(((List<?>) python.eval("[object(), {1: object()}]")).get(0))
        .isInstanceOf(PyObject.class);
  }

  @Test
  void anObjectWhoseTypeCannotBeHashedCrossesToo() {
    python.run(
        """
        class Meta(type):
            def __eq__(cls, other): raise ValueError('do not compare types')
            __hash__ = None
        class Strange(metaclass=Meta): pass
        """);
    assertThat(python.eval("Strange()")).isInstanceOf(PyObject.class);
  }

  @Test
  void everyOtherJavaObjectIsRefusedByItsPath() {
    for (Object value :
        List.of(
            new Object(),
            Optional.empty(),
            Thread.State.NEW,
            new AtomicInteger(),
            List.of().iterator(),
            new StringBuilder[] {}.getClass())) {
      assertThatThrownBy(() -> echo(Map.of("a", new Object[] {0, value})))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0][\"a\"][1] is a " + value.getClass().getName());
    }
    assertThatThrownBy(() -> echo(Map.of(new Object(), 1)))
        .isInstanceOf(NotShareableException.class)
        .hasMessageContaining("is a java.lang.Object");
    assertThatThrownBy(() -> echo(Set.of(new Object())))
        .hasMessageStartingWith("args[0][0] is a java.lang.Object");
  }

  @Test
  void valuesCrossInEveryKindOfInterpreter() {
    List<Object> values =
        Arrays.asList(
            null,
            List.of(1L, "\u20ac", 2.5),
            Map.of("k", Set.of(1L)),
            BigInteger.TWO.pow(100),
            new BigDecimal("1.50"),
            UUID.randomUUID(),
            LocalDate.of(2024, 1, 2),
            LocalTime.of(1, 2),
            LocalDateTime.of(2024, 1, 2, 3, 4),
            OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 6000, ZoneOffset.ofHours(1)),
            Duration.ofMillis(5));
    Interpreter main = Interpreters.getMain();
    try (Interpreter legacy = Interpreters.create(InterpreterConfig.legacy());
        Interpreter isolated = Interpreters.create()) {
      for (int round = 0; round < 2; round++) {
        for (Interpreter each : List.of(main, legacy, isolated)) {
          each.run(HELPERS);
          assertThat(each.call("echo", values)).isEqualTo(values);
          assertThat(each.call("echo", new boolean[] {true})).isEqualTo(new boolean[] {true});
          assertThat(each.call("echo", new double[] {1})).isEqualTo(new double[] {1});
          assertThat(each.call("echo", (Object) bytes(20_000))).isEqualTo(bytes(20_000));
          assertThat(each.call("echo", new long[20_000])).isEqualTo(new long[20_000]);
        }
      }
    }
  }
}
