package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.JavaCallable;
import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the table of values, both ways. */
@Tag("jni")
class ValuesTest {
  private static final String HELPERS =
      """
      def echo(x):
          return x

      def kind(x):
          return type(x).__module__ + "." + type(x).__qualname__

      def same(x, expression):
          expected = eval(expression)
          return type(x) is type(expected) and x == expected
      """;

  private static Interpreter python;
  private static Interpreter rounding;

  @BeforeAll
  static void createInterpreters() {
    python = Interpreters.create();
    python.run(HELPERS);
    rounding =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder().roundNanoseconds(true).build());
    rounding.run(HELPERS);
  }

  @AfterAll
  static void closeInterpreters() {
    python.close();
    rounding.close();
  }

  private static @Nullable Object echo(@Nullable Object value) {
    return python.call("echo", value);
  }

  private static void assertIs(@Nullable Object value, String expression) {
    assertThat(python.call("same", value, expression))
        .describedAs("a %s shall be %s", python.call("kind", value), expression)
        .isEqualTo(true);
  }

  private static void assertStays(Object value) {
    assertThat(echo(value)).isExactlyInstanceOf(value.getClass()).isEqualTo(value);
  }

  private static void assertIsObject(String expression, String type) {
    try (PyObject object = (PyObject) python.eval(expression)) {
      assertThat(python.call("kind", object)).isEqualTo(type);
    }
  }

  // -- None, bool, numbers --

  @Test
  void whatIsTooLargeIsRefusedWithItsSizeAndPath() {
    assertThatThrownBy(() -> python.eval("['x', {'b': bytes(2**31)}]"))
        .isInstanceOf(NotShareableException.class)
        .hasMessage(
            "result[1][\"b\"]: a value of 2147483648 bytes cannot cross at once: the limit is 2 GiB;"
                + " send it in parts");
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @Test
  void noneAndBooleansStayThemselves() {
    assertIs(null, "None");
    assertIs(true, "True");
    assertIs(false, "False");
    assertThat(python.eval("None")).isNull();
    assertThat(python.eval("[True, False]")).isEqualTo(List.of(true, false));
  }

  @Test
  void javasIntegersBecomeInts() {
    assertIs((byte) -128, "-128");
    assertIs((short) 32767, "32767");
    assertIs(Integer.MIN_VALUE, "-2 ** 31");
    assertIs(Long.MAX_VALUE, "2 ** 63 - 1");
    assertIs(Long.MIN_VALUE, "-2 ** 63");
    assertIs(BigInteger.TEN, "10");
    assertThat(echo((byte) 5)).isEqualTo(5L);
    assertThat(echo(BigInteger.TEN)).isEqualTo(10L);
  }

  @Test
  void intsBeyond64BitsAreBigIntegers() {
    for (int exponent : new int[] {31, 32, 62, 63, 64, 65, 127, 128, 255, 256, 4095, 20_000}) {
      for (int offset = -1; offset <= 1; offset++) {
        for (int sign : new int[] {1, -1}) {
          BigInteger expected =
              BigInteger.ONE
                  .shiftLeft(exponent)
                  .add(BigInteger.valueOf(offset))
                  .multiply(BigInteger.valueOf(sign));
          String expression = "%d * (2 ** %d + %d)".formatted(sign, exponent, offset);
          Object value = python.eval(expression);
          assertThat(value).isInstanceOf(expected.bitLength() < 64 ? Long.class : BigInteger.class);
          assertThat(new BigInteger(value.toString())).isEqualTo(expected);
          assertIs(expected, expression);
        }
      }
    }
  }

  /** Python refuses to make text of more than 4300 digits; no text is made here. */
  @Test
  void intsMayHaveThousandsOfDigits() {
    BigInteger expected = BigInteger.TEN.pow(5000).negate();
    assertThat(python.eval("-10 ** 5000")).isEqualTo(expected);
    assertIs(expected, "-10 ** 5000");
    assertThat(echo(List.of(expected))).isEqualTo(List.of(expected));
  }

  @Test
  void floatsKeepEveryBit() {
    double[] values = {
      0.0,
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      Math.PI
    };
    for (double value : values) {
      assertThat(Double.doubleToLongBits((Double) echo(value)))
          .isEqualTo(Double.doubleToLongBits(value));
    }
    assertIs(1.5f, "1.5");
    assertThat(echo(0.1f)).isEqualTo((double) 0.1f);
    assertThat(python.eval("str(echo(-0.0))")).isEqualTo("-0.0");
  }

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

  // -- str --

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "\u0000",
        "a\u0000b",
        "\u007f\u0080\u00ff",
        "\u0100",
        "\uffff",
        "\ud83d\ude00",
        "x\ud83d\ude00y",
        "\ufeff",
        "\r\n"
      })
  void stringsOfEveryWidthStayThemselves(String text) {
    assertStays(text);
    assertIs(text, pythonLiteral(text));
    assertThat(python.call("len", text)).isEqualTo((long) text.codePointCount(0, text.length()));
    assertThat(python.eval(pythonLiteral(text))).isEqualTo(text);
  }

  /** Not as a parameter: reports are written in UTF-8. */
  @Test
  void unpairedSurrogatesSurvive() {
    for (String text : List.of("\ud800", "\udc00", "\ude00\ud83d", "a\ud800b\ud83d\ude00\udfff")) {
      assertStays(text);
      assertIs(text, pythonLiteral(text));
      assertThat(python.eval(pythonLiteral(text))).isEqualTo(text);
      assertThat(echo(Map.of(text, List.of(text)))).isEqualTo(Map.of(text, List.of(text)));
    }
  }

  private static String pythonLiteral(String text) {
    StringBuilder literal = new StringBuilder("'");
    text.codePoints().forEach(point -> literal.append("\\U%08x".formatted(point)));
    return literal.append("'").toString();
  }

  @Test
  void longStringsOfEveryWidthStayThemselves() {
    for (String unit : List.of("a", "\u00e9", "\u20ac", "\ud83d\ude00")) {
      for (int length : new int[] {4095, 4096, 8192, 100_000, 1 << 20}) {
        assertThat(echo(unit.repeat(length)).equals(unit.repeat(length))).isTrue();
      }
    }
    String late = "a".repeat(100_000) + "\u20ac";
    assertThat(echo(late).equals(late)).isTrue();
  }

  @Test
  void charactersAndCharSequencesBecomeStrings() {
    assertIs('x', "'x'");
    assertIs('\ud800', "'\\ud800'");
    assertIs(new StringBuilder("ab"), "'ab'");
    assertIs(CharBuffer.wrap("abc").subSequence(1, 3), "'bc'");
  }

  // -- bytes and arrays --

  static IntStream byteCounts() {
    return IntStream.of(0, 1, 4095, 4096, 8192, 16383, 16384, 16385, 65536, 1 << 20);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("byteCounts")
  void bytesOfEverySizeStayThemselves(int count) {
    byte[] content = bytes(count);
    assertThat(python.call("kind", (Object) content)).isEqualTo("builtins.bytes");
    assertThat(python.call("len", (Object) content)).isEqualTo((long) count);
    assertThat(python.call("sum", (Object) content)).isEqualTo(sum(content));
    assertThat((byte[]) echo(content)).isEqualTo(content);
    byte[] filled = new byte[count];
    Arrays.fill(filled, (byte) -1);
    assertThat((byte[]) python.eval("b'\\xff' * " + count)).isEqualTo(filled);
  }

  private static long sum(byte[] content) {
    return IntStream.range(0, content.length).mapToLong(i -> content[i] & 0xff).sum();
  }

  @ParameterizedTest
  @MethodSource("byteCounts")
  void bytesOfEverySizeCrossInContainersAndSeveralAtOnce(int count) {
    byte[] first = bytes(count);
    byte[] second = bytes(20_000);
    List<?> list = (List<?>) echo(List.of(first, second, first, Map.of("k", second)));
    assertThat((byte[]) list.get(0)).isEqualTo(first);
    assertThat((byte[]) list.get(1)).isEqualTo(second);
    assertThat((byte[]) list.get(2)).isEqualTo(first);
    assertThat((byte[]) ((Map<?, ?>) list.get(3)).get("k")).isEqualTo(second);
    python.run("def joined(*parts): return b''.join(parts)");
    assertThat((byte[]) python.call("joined", first, second, first)).hasSize(2 * count + 20_000);
    python.set("stored", first);
    assertThat((byte[]) python.get("stored")).isEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("byteCounts")
  void bytesOfEverySizeAreArgumentsAndResultsOfCallbacks(int count) {
    byte[] content = bytes(count);
    List<Object> seen = new ArrayList<>();
    JavaCallable callback =
        (args, kwargs) -> {
          seen.addAll(args);
          seen.addAll(kwargs.values());
          return List.of(args.get(0), content, kwargs.get("named"));
        };
    python.run("def through(f, b): return f(b, b, named=b)");
    List<?> result = (List<?>) python.call("through", callback, content);
    assertThat(result).hasSize(3).allSatisfy(each -> assertThat(each).isEqualTo(content));
    assertThat(seen).hasSize(3).allSatisfy(each -> assertThat(each).isEqualTo(content));
  }

  static Stream<Object> arrays() {
    return Stream.of(
        new boolean[] {true, false, true},
        new boolean[0],
        new short[] {Short.MIN_VALUE, 0, Short.MAX_VALUE},
        new short[0],
        new char[] {'a', '\u20ac', '\ud800', '\uffff'},
        new char[0],
        new int[] {Integer.MIN_VALUE, -1, Integer.MAX_VALUE},
        new int[0],
        new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE},
        new long[0],
        new float[] {Float.NaN, -0.0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY},
        new float[0],
        new double[] {Double.NaN, -0.0, Double.MIN_VALUE, Double.POSITIVE_INFINITY},
        new double[0],
        LongRange.array(100_000));
  }

  private static final class LongRange {
    static long[] array(int count) {
      return java.util.stream.LongStream.range(0, count).toArray();
    }
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void primitiveArraysStayThemselves(Object array) {
    assertThat(echo(array)).isExactlyInstanceOf(array.getClass()).isEqualTo(array);
    List<?> nested = (List<?>) echo(List.of(1, array, Map.of("k", array)));
    assertThat(nested.get(1)).isEqualTo(array);
    assertThat(((Map<?, ?>) nested.get(2)).get("k")).isEqualTo(array);
    python.run("def through(f, x): return f(x)");
    assertThat(python.call("through", (Function<Object, Object>) x -> x, array)).isEqualTo(array);
  }

  @Test
  void primitiveArraysAreArraysInPython() {
    python.run("from array import array\nimport clutch");
    assertIs(new short[] {-1}, "array('h', [-1])");
    assertIs(new char[] {'a'}, "array('H', [97])");
    assertIs(new int[] {-1}, "array('i', [-1])");
    assertIs(new long[] {-1}, "array('q', [-1])");
    assertIs(new float[] {1.5f}, "array('f', [1.5])");
    assertIs(new double[] {1.5}, "array('d', [1.5])");
    assertIs(new boolean[] {true, false}, "clutch.BooleanArray('B', [1, 0])");
    assertThat(python.call("kind", new boolean[] {true})).isEqualTo("clutch.BooleanArray");
    assertThat(python.call("list", (Object) new boolean[] {true, false}))
        .isEqualTo(List.of(1L, 0L));
  }

  @Test
  void arraysOfPythonBecomePrimitiveArrays() {
    python.run("from array import array");
    assertThat(python.eval("array('b', [-1, 2])")).isEqualTo(new byte[] {-1, 2});
    assertThat(python.eval("array('h', [-1])")).isEqualTo(new short[] {-1});
    assertThat(python.eval("array('H', [65535])")).isEqualTo(new char[] {'\uffff'});
    assertThat(python.eval("array('l', [-1])")).isEqualTo(new long[] {-1});
    assertIsObject("array('B', [1])", "array.array");
    assertIsObject("array('I', [1])", "array.array");
    assertIsObject("array('Q', [1])", "array.array");
    assertIsObject("array('u', 'x')", "array.array");
  }

  @Test
  void aSubclassOfArrayStaysAnObject() {
    python.run("from array import array\nclass Mine(array): pass");
    assertIsObject("Mine('i', [1, 2])", "__main__.Mine");
  }

  @Test
  void bytearraysStayInPython() {
    assertIsObject("bytearray(b'x')", "builtins.bytearray");
  }

  // -- containers --

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

  // -- buffers --

  @Test
  void directBuffersAreSharedMemory() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8);
    buffer.put(0, (byte) 1).put(2, (byte) 7).position(2).limit(6);
    python.set("view", buffer);
    assertThat(python.eval("kind(view), len(view), view[0], view.readonly"))
        .isEqualTo(List.of("builtins.memoryview", 4L, 7L, false));
    python.run("view[1] = 200");
    assertThat(buffer.get(3)).isEqualTo((byte) 200);
    buffer.put(2, (byte) 9);
    assertThat(python.eval("view[0]")).isEqualTo(9L);
    ByteBuffer back = (ByteBuffer) python.get("view");
    back.put(3, (byte) 42);
    assertThat(buffer.get(5)).isEqualTo((byte) 42);
    assertThat(back.remaining()).isEqualTo(4);
  }

  @Test
  void readOnlyAndEmptyBuffersCross() {
    ByteBuffer readOnly = ByteBuffer.allocateDirect(2).asReadOnlyBuffer();
    assertThat(python.call("getattr", readOnly, "readonly")).isEqualTo(true);
    assertThat(((ByteBuffer) echo(readOnly)).isReadOnly()).isTrue();
    assertThat(((ByteBuffer) echo(ByteBuffer.allocateDirect(0))).remaining()).isZero();
    assertThat(((ByteBuffer) python.eval("memoryview(b'')")).remaining()).isZero();
  }

  @Test
  void heapBuffersAreRefused() {
    assertThatThrownBy(() -> echo(List.of(ByteBuffer.allocate(1))))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("args[0][0] is a ByteBuffer on the Java heap");
  }

  @Test
  void aJavaBufferOutlivesItsVariable() throws Exception {
    python.set("kept", ByteBuffer.allocateDirect(1 << 16).put(100, (byte) 5));
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
      ByteBuffer.allocateDirect(1 << 16).put(100, (byte) 6);
    }
    assertThat(python.eval("kept[0] + len(kept)")).isEqualTo(65536L);
    assertThat(python.eval("kept[100]")).isEqualTo(5L);
  }

  // -- decimal, uuid --

  static Stream<BigDecimal> decimals() {
    return Stream.of(
            "0",
            "1",
            "-1",
            "0.00",
            "1E+3",
            "-1E+3",
            "123.4500",
            "1E-400",
            "1E+400",
            "0E+5",
            "0E-9",
            "9.99E+2147483600",
            "1E-2147483600")
        .map(BigDecimal::new);
  }

  @ParameterizedTest
  @MethodSource("decimals")
  void bigDecimalsKeepTheirScale(BigDecimal number) {
    assertStays(number);
    python.run("from decimal import Decimal");
    assertIs(number, "Decimal('" + number + "')");
    assertThat(python.call("str", python.call("repr", number)))
        .isEqualTo("Decimal('" + number + "')");
  }

  @Test
  void bigDecimalsOfExtremeScaleAndSizeCross() {
    for (BigDecimal number :
        List.of(
            new BigDecimal(BigInteger.valueOf(-125), Integer.MAX_VALUE),
            new BigDecimal(BigInteger.valueOf(125), -Integer.MAX_VALUE),
            new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
            new BigDecimal(BigInteger.ZERO, Integer.MIN_VALUE),
            new BigDecimal(BigInteger.ZERO, Integer.MAX_VALUE),
            new BigDecimal(BigInteger.TEN.pow(10_000).subtract(BigInteger.ONE)),
            new BigDecimal(BigInteger.TEN.pow(10_000).subtract(BigInteger.ONE), 5_000))) {
      assertThat(echo(number).equals(number)).describedAs("scale %s", number.scale()).isTrue();
    }
  }

  @Test
  void decimalsThatJavaCannotHoldStayObjects() {
    python.run("from decimal import Decimal\nclass Money(Decimal): pass");
    for (String text : List.of("NaN", "sNaN", "Infinity", "-Infinity", "-0", "-0.00")) {
      try (PyObject object = (PyObject) python.eval("Decimal('" + text + "')")) {
        assertThat(object.str()).isEqualTo(text);
        assertThat(python.call("type", object)).isNotNull();
      }
    }
    assertThat(python.eval("isinstance(echo(Money(1)), Money)")).isEqualTo(true);
    assertThat(python.eval("Money(1)")).isInstanceOf(PyObject.class);
    assertThat(python.eval("Decimal((0, (1,), 99999999999))")).isInstanceOf(PyObject.class);
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

  // -- date and time --

  static Stream<Object> times() {
    return Stream.of(
        LocalDate.of(1, 1, 1),
        LocalDate.of(9999, 12, 31),
        LocalDate.of(2024, 2, 29),
        LocalDate.EPOCH,
        LocalTime.MIN,
        LocalTime.of(23, 59, 59, 999_999_000),
        LocalTime.of(12, 30),
        LocalDateTime.of(1, 1, 1, 0, 0),
        LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000),
        OffsetDateTime.of(2024, 5, 6, 7, 8, 9, 123_456_000, ZoneOffset.UTC),
        OffsetDateTime.of(2024, 5, 6, 7, 8, 9, 0, ZoneOffset.ofHoursMinutesSeconds(-5, -45, -7)),
        OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.MAX),
        OffsetDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000, ZoneOffset.MIN),
        Duration.ZERO,
        Duration.ofNanos(-1000),
        Duration.ofDays(999_999_999).plusSeconds(86_399).plusNanos(999_999_000),
        Duration.ofDays(-999_999_999));
  }

  @ParameterizedTest
  @MethodSource("times")
  void timesStayThemselves(Object time) {
    assertStays(time);
    assertThat(echo(Map.of("k", List.of(time)))).isEqualTo(Map.of("k", List.of(time)));
    python.run("def through(f, x): return f(x)");
    assertThat(python.call("through", (Function<Object, Object>) x -> x, time)).isEqualTo(time);
  }

  @Test
  void timesHaveTheTypesOfTheTable() {
    python.run("from datetime import date, time, datetime, timedelta, timezone");
    assertIs(LocalDate.of(2024, 2, 29), "date(2024, 2, 29)");
    assertIs(LocalTime.of(1, 2, 3, 4_000), "time(1, 2, 3, 4)");
    assertIs(LocalDateTime.of(2024, 5, 6, 7, 8, 9, 1000), "datetime(2024, 5, 6, 7, 8, 9, 1)");
    assertIs(Duration.ofDays(-1).plusSeconds(1), "timedelta(-1, 1)");
    Instant instant = Instant.parse("2024-05-06T07:08:09Z");
    assertIs(instant, "datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)");
    assertThat(echo(instant)).isEqualTo(instant.atOffset(ZoneOffset.UTC));
    python.set("here", OffsetDateTime.of(2024, 5, 6, 7, 8, 9, 0, ZoneOffset.ofHours(-3)));
    assertThat(python.eval("here.utcoffset() == timedelta(hours=-3) and here.hour")).isEqualTo(7L);
    assertThat(python.eval("here.fold")).isEqualTo(0L);
  }

  @Test
  void timesOutsideOfPythonsYearsAreRefused() {
    for (Object time :
        List.of(
            LocalDate.of(0, 12, 31),
            LocalDate.of(10000, 1, 1),
            LocalDate.MIN,
            LocalDate.MAX,
            LocalDateTime.of(0, 12, 31, 23, 59),
            LocalDateTime.of(10000, 1, 1, 0, 0),
            OffsetDateTime.of(10000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC),
            Instant.parse("+10000-01-01T00:00:00Z"),
            Instant.MAX,
            Instant.MIN)) {
      assertThatThrownBy(() -> echo(List.of(0, Map.of("k", time))))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0][1][\"k\"] is the " + time.getClass().getSimpleName())
          .hasMessageContaining(time.toString());
    }
  }

  @Test
  void timesAtTheEdgeOfJavasRangeAreRefusedWhenRounded() {
    for (Object time :
        List.of(
            LocalDateTime.MAX,
            LocalDateTime.MIN,
            OffsetDateTime.MAX,
            OffsetDateTime.MIN,
            Instant.MAX,
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Duration.ofSeconds(Long.MIN_VALUE))) {
      assertThatThrownBy(() -> rounding.call("echo", List.of(time)))
          .describedAs("%s", time)
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0][0] is the " + time.getClass().getSimpleName());
    }
  }

  @Test
  void durationsBeyondPythonsAreRefused() {
    for (Duration duration :
        List.of(
            Duration.ofDays(1_000_000_000),
            Duration.ofDays(-999_999_999).minusNanos(1000),
            Duration.ofSeconds(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MIN_VALUE))) {
      assertThatThrownBy(() -> echo(duration))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0] is the Duration " + duration)
          .hasMessageContaining("999999999 days");
    }
  }

  @Test
  void timesThatJavaCannotHoldStayObjects() {
    python.run(
        """
        from datetime import date, time, datetime, timedelta, timezone, tzinfo
        class Odd(tzinfo):
            def utcoffset(self, when): return None
        class MyDate(date): pass
        """);
    assertThat(python.eval("time(1, tzinfo=timezone.utc)")).isInstanceOf(PyObject.class);
    assertThat(python.eval("time(1, fold=1)")).isInstanceOf(PyObject.class);
    assertThat(python.eval("datetime(2024, 1, 1, fold=1)")).isInstanceOf(PyObject.class);
    assertThat(python.eval("datetime(2024, 1, 1, tzinfo=Odd())")).isInstanceOf(PyObject.class);
    assertThat(python.eval("datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=19)))"))
        .isInstanceOf(PyObject.class);
    assertThat(python.eval("datetime(2024, 1, 1, tzinfo=timezone(timedelta(microseconds=1)))"))
        .isInstanceOf(PyObject.class);
    assertThat(python.eval("MyDate(2024, 1, 1)")).isInstanceOf(PyObject.class);
  }

  @Test
  void aTimeZoneThatRaisesIsReported() {
    python.run(
        """
        from datetime import datetime, tzinfo
        class Bad(tzinfo):
            def utcoffset(self, when): raise ValueError('no zone')
        """);
    assertThatThrownBy(() -> python.eval("[1, datetime(2024, 1, 1, tzinfo=Bad())]"))
        .hasMessageContaining("no zone");
    assertThat(python.eval("1")).isEqualTo(1L);
  }

  @Test
  void aTimeZoneMayChangeTheContainerThatCrosses() {
    python.run(
        """
        from datetime import datetime, timedelta, tzinfo
        class Sly(tzinfo):
            def utcoffset(self, when):
                target.clear()
                return timedelta(0)
        moment = datetime(2024, 1, 1, tzinfo=Sly())
        """);
    for (String target :
        List.of("[moment, 'x' * 100]", "{'a': moment, 'b': 'x' * 100}", "{moment, 'b' * 100}")) {
      python.run("Sly.utcoffset, keep = (lambda s, w: timedelta(0)), Sly.utcoffset");
      python.run("target = " + target + "\nSly.utcoffset = keep");
      Throwable thrown = catchThrowable(() -> python.eval("target"));
      if (thrown != null) {
        assertThat(thrown).hasMessageContaining("changed");
      }
    }
  }

  @Test
  void zonedTimesAreRefused() {
    assertThatThrownBy(() -> echo(ZonedDateTime.now(ZoneOffset.UTC)))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("args[0] is a java.time.ZonedDateTime");
  }

  // -- nanoseconds --

  @Test
  void nanosecondsAreRefusedWithTheirPath() {
    for (Object time :
        List.of(
            LocalTime.of(0, 0, 0, 1),
            LocalDateTime.of(2024, 1, 1, 0, 0, 0, 1001),
            OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 999, ZoneOffset.UTC),
            Instant.ofEpochSecond(0, 1),
            Duration.ofNanos(-1))) {
      assertThatThrownBy(() -> echo(List.of(List.of(time))))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0][0][0] is the " + time.getClass().getSimpleName())
          .hasMessageContaining("roundNanoseconds");
    }
  }

  @Test
  void nanosecondsAreRoundedHalfToEvenIfTheConfigurationSaysSo() {
    long[][] expectations = {
      {499, 0}, {500, 0}, {501, 1000}, {1500, 2000}, {2500, 2000}, {999, 1000}
    };
    for (long[] pair : expectations) {
      LocalTime noon = LocalTime.NOON;
      assertThat(rounding.call("echo", noon.plusNanos(pair[0]))).isEqualTo(noon.plusNanos(pair[1]));
      LocalDateTime day = LocalDateTime.of(2024, 1, 1, 0, 0);
      assertThat(rounding.call("echo", day.plusNanos(pair[0]))).isEqualTo(day.plusNanos(pair[1]));
      assertThat(rounding.call("echo", day.plusNanos(pair[0]).atOffset(ZoneOffset.UTC)))
          .isEqualTo(day.plusNanos(pair[1]).atOffset(ZoneOffset.UTC));
      assertThat(rounding.call("echo", Duration.ofNanos(pair[0])))
          .isEqualTo(Duration.ofNanos(pair[1]));
      assertThat(rounding.call("echo", Duration.ofNanos(-pair[0])))
          .isEqualTo(Duration.ofNanos(-pair[1]));
    }
  }

  @Test
  void roundingCarriesIntoTheNextSecondAndDay() {
    LocalDateTime last = LocalDateTime.of(2023, 12, 31, 23, 59, 59, 999_999_600);
    assertThat(rounding.call("echo", last)).isEqualTo(LocalDateTime.of(2024, 1, 1, 0, 0));
    assertThat(rounding.call("echo", last.atOffset(ZoneOffset.ofHours(2))))
        .isEqualTo(LocalDateTime.of(2024, 1, 1, 0, 0).atOffset(ZoneOffset.ofHours(2)));
    assertThat(rounding.call("echo", last.toInstant(ZoneOffset.UTC)))
        .isEqualTo(LocalDateTime.of(2024, 1, 1, 0, 0).atOffset(ZoneOffset.UTC));
    assertThat(rounding.call("echo", Duration.ofNanos(999_999_999)))
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(rounding.call("echo", Duration.ofSeconds(-1, 999_999_999))).isEqualTo(Duration.ZERO);
    assertThat(rounding.call("echo", Duration.ofDays(1).minusNanos(1)))
        .isEqualTo(Duration.ofDays(1));
    assertThat(rounding.call("echo", LocalTime.of(1, 59, 59, 999_999_999)))
        .isEqualTo(LocalTime.of(2, 0));
    for (Object tooLate :
        List.of(LocalTime.MAX, LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999))) {
      assertThatThrownBy(() -> rounding.call("echo", tooLate))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("args[0] is the ");
    }
  }

  // -- callables, objects, everything else --

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

  // -- every kind of interpreter --

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
        }
      }
    }
  }
}
