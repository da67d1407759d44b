package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Whatever goes to Python comes back equal. */
@Tag("jni")
class RoundTripTest {
  private static final int MAX_DEPTH = 6;

  private static Interpreter python;

  @BeforeContainer
  static void createInterpreter() {
    python = Interpreters.create();
    python.run(
        """
        def echo(x):
            return x
        def same(x, y):
            return type(x) is type(y) and (x == y or repr(x) == repr(y))
        def through(f, x):
            return f(x)
        """);
  }

  @AfterContainer
  static void closeInterpreter() {
    python.close();
  }

  // -- properties --

  @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
  void aValueComesBackEqual(@ForAll("values") @Nullable Object value) {
    assertThat(python.call("echo", value)).is(equalTo(value));
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void aValueThatIsSetIsGot(@ForAll("values") @Nullable Object value) {
    python.set("value", value);
    assertThat(python.get("value")).is(equalTo(value));
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void aValueSentTwiceIsEqualInPython(@ForAll("values") @Nullable Object value) {
    assertThat(python.call("same", value, value)).isEqualTo(true);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void aValueGoesThroughACallbackUnchanged(@ForAll("values") @Nullable Object value) {
    List<@Nullable Object> seen = new ArrayList<>();
    Function<Object, @Nullable Object> callback =
        given -> {
          seen.add(given);
          return given;
        };
    assertThat(python.call("through", callback, value)).is(equalTo(value));
    assertThat(seen.get(0)).is(equalTo(value));
  }

  @Property(tries = 100, shrinking = ShrinkingMode.BOUNDED)
  void severalArgumentsComeBackInOrder(@ForAll("lists") List<?> values) {
    assertThat(python.call("builtins:list", (Object) values.toArray())).is(equalTo(values));
  }

  private static org.assertj.core.api.Condition<Object> equalTo(@Nullable Object expected) {
    return new org.assertj.core.api.Condition<>(
        actual -> normal(actual).equals(normal(expected)), "equal to %s", normal(expected));
  }

  /** Arrays compare by content, and an Object[] is a List. */
  private static Object normal(@Nullable Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof Object[] array) {
      return normal(Arrays.asList(array));
    } else if (value.getClass().isArray()) {
      return List.of(value.getClass().getSimpleName(), arrayText(value));
    } else if (value instanceof List<?> list) {
      return list.stream().map(RoundTripTest::normal).toList();
    } else if (value instanceof Set<?> set) {
      return new LinkedHashSet<>(set.stream().map(RoundTripTest::normal).toList());
    } else if (value instanceof Map<?, ?> map) {
      List<Object> entries = new ArrayList<>();
      map.forEach((key, item) -> entries.add(List.of(normal(key), normal(item))));
      return entries;
    }
    return value;
  }

  private static String arrayText(Object array) {
    return Arrays.deepToString(new Object[] {array});
  }

  // -- values --

  @Provide
  Arbitrary<Object> values() {
    return values(MAX_DEPTH);
  }

  @Provide
  Arbitrary<List<Object>> lists() {
    return values(2).list().ofMaxSize(20);
  }

  private Arbitrary<Object> values(int depth) {
    Arbitrary<Object> leaves = Arbitraries.oneOf(scalars(), arrays());
    if (depth == 0) {
      return leaves;
    }
    return Arbitraries.lazy(() -> Arbitraries.oneOf(leaves, containers(depth - 1)));
  }

  private Arbitrary<Object> containers(int depth) {
    Arbitrary<Object> items = values(depth).injectNull(0.05);
    int most = depth > 3 ? 4 : 2;
    return Arbitraries.oneOf(
        items.list().ofMaxSize(most).map(list -> (Object) list),
        items.array(Object[].class).ofMaxSize(most).map(array -> (Object) array),
        keys().set().ofMaxSize(most).map(set -> (Object) new LinkedHashSet<>(set)),
        Arbitraries.maps(keys(), items)
            .ofMaxSize(most)
            .map(map -> (Object) new LinkedHashMap<>(map)));
  }

  /** What Python can hash, and takes for as many things as Java does. */
  private Arbitrary<Object> keys() {
    return Arbitraries.oneOf(
        strings(), longs().map(each -> (Object) each), uuids(), dates(), localDateTimes());
  }

  private Arbitrary<Object> scalars() {
    return Arbitraries.oneOf(
            Arbitraries.of(true, false).map(each -> (Object) each),
            longs().map(each -> (Object) each),
            bigIntegers(),
            doubles().map(each -> (Object) each),
            strings(),
            bigDecimals(),
            uuids(),
            dates(),
            times(),
            localDateTimes(),
            offsetDateTimes(),
            durations())
        .injectNull(0.03);
  }

  private Arbitrary<Object> arrays() {
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofMaxSize(100).map(each -> (Object) each),
        Arbitraries.of(0, 1, 16_383, 16_384, 70_000).map(size -> (Object) new byte[size]),
        Arbitraries.shorts().array(short[].class).ofMaxSize(9).map(each -> (Object) each),
        Arbitraries.chars().all().array(char[].class).ofMaxSize(9).map(each -> (Object) each),
        Arbitraries.integers().array(int[].class).ofMaxSize(9).map(each -> (Object) each),
        Arbitraries.longs().array(long[].class).ofMaxSize(9).map(each -> (Object) each),
        Arbitraries.floats().array(float[].class).ofMaxSize(9).map(each -> (Object) each),
        doubles().array(double[].class).ofMaxSize(9).map(each -> (Object) each),
        Arbitraries.of(true, false).array(boolean[].class).ofMaxSize(9).map(each -> (Object) each));
  }

  private Arbitrary<Long> longs() {
    return Arbitraries.oneOf(
        Arbitraries.longs(), Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 30, -(1L << 30)));
  }

  private Arbitrary<Double> doubles() {
    return Arbitraries.oneOf(
        Arbitraries.doubles(),
        Arbitraries.of(Double.NaN, -0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE),
        Arbitraries.longs().map(Double::longBitsToDouble).filter(each -> !each.isNaN()));
  }

  /** Past 64 bits, because the others come back as Longs. */
  private Arbitrary<Object> bigIntegers() {
    return Combinators.combine(Arbitraries.bigIntegers(), Arbitraries.integers().between(0, 600))
        .as((number, shift) -> number.shiftLeft(shift))
        .map(number -> number.bitLength() < 64 ? (Object) number.longValue() : number);
  }

  private Arbitrary<Object> bigDecimals() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.bigIntegers(), Arbitraries.of(BigInteger.ZERO, BigInteger.TEN)),
            Arbitraries.integers())
        .as((digits, scale) -> (Object) new BigDecimal(digits, scale));
  }

  private Arbitrary<Object> strings() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ascii().ofMaxLength(20).map(each -> (Object) each),
        Arbitraries.strings().all().ofMaxLength(20).map(each -> (Object) each),
        Arbitraries.strings().withCharRange('\ud7f0', '\ue00f').ofMaxLength(6).map(each -> each),
        Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(20).map(each -> each));
  }

  private Arbitrary<Object> uuids() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
        .as((high, low) -> (Object) new UUID(high, low));
  }

  private Arbitrary<LocalDate> localDates() {
    return Arbitraries.longs()
        .between(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay())
        .map(LocalDate::ofEpochDay);
  }

  private Arbitrary<LocalTime> localTimes() {
    return Arbitraries.longs()
        .between(0, 86_400_000_000L - 1)
        .map(micros -> LocalTime.ofNanoOfDay(micros * 1000));
  }

  private Arbitrary<Object> dates() {
    return localDates().map(each -> (Object) each);
  }

  private Arbitrary<Object> times() {
    return localTimes().map(each -> (Object) each);
  }

  private Arbitrary<Object> localDateTimes() {
    return Combinators.combine(localDates(), localTimes()).as(LocalDateTime::of);
  }

  private Arbitrary<Object> offsetDateTimes() {
    return Combinators.combine(
            localDates(), localTimes(), Arbitraries.integers().between(-18 * 3600, 18 * 3600))
        .as(
            (date, time, offset) ->
                (Object) OffsetDateTime.of(date, time, ZoneOffset.ofTotalSeconds(offset)));
  }

  private Arbitrary<Object> durations() {
    return Combinators.combine(
            Arbitraries.longs().between(-999_999_999L * 86_400, 999_999_999L * 86_400),
            Arbitraries.integers().between(0, 999_999))
        .as((seconds, micros) -> (Object) Duration.ofSeconds(seconds, micros * 1000L));
  }
}
