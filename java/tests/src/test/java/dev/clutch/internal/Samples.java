package dev.clutch.internal;

import dev.clutch.PyObject;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value of every kind that crosses to Python. */
final class Samples {
  private static final LocalDateTime TIME = LocalDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000);

  private Samples() {}

  /** Single ones first, then some of them nested. */
  static List<@Nullable Object> values(PyObject object) {
    List<@Nullable Object> all = new ArrayList<>(simple());
    all.addAll(List.of(new long[] {1, -1}, new double[] {1.5}, new int[] {7}, new float[] {.5f}));
    all.addAll(List.of(new short[] {3}, new char[] {'c'}, new boolean[] {true, false}, object));
    all.addAll(times());
    all.add((Function<Object, Object>) each -> each);
    all.addAll(nested(new ArrayList<>(all)));
    return all;
  }

  private static List<@Nullable Object> simple() {
    return Arrays.asList(
        null,
        true,
        false,
        1L,
        Long.MIN_VALUE,
        BigInteger.TWO.pow(200).negate(),
        2.5,
        "latin é",
        "wide \u20ac \ud83d\ude00 \ud800",
        new byte[] {1, 2, 3},
        new byte[20_000],
        new BigDecimal("-123.45e-67"),
        new UUID(1, 2));
  }

  private static List<Object> times() {
    return List.of(
        TIME,
        LocalDate.EPOCH,
        LocalTime.NOON,
        Duration.ofMillis(-1),
        OffsetDateTime.of(TIME, ZoneOffset.ofHours(-3)));
  }

  private static List<Object> nested(List<@Nullable Object> values) {
    Map<String, @Nullable Object> map = new java.util.LinkedHashMap<>();
    map.put("all", values);
    map.put("tuple", new Object[] {1L, "two", new Object[] {3.0, null}});
    return List.of(
        values, new LinkedHashSet<>(List.of(1L, "a", 2.5)), map, List.of(List.of(List.of(map))));
  }
}
