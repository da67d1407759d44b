package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
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
import org.jspecify.annotations.Nullable;

/** Values of all types cross to Python and back, in each way that there is. */
final class Values extends Work {
  private final Interpreter python = Interpreters.create();
  private final PyFunction same;
  private final ByteBuffer memory = ByteBuffer.allocateDirect(1024);

  Values() {
    python.run("def same(x): return x");
    same = python.function("same");
  }

  @Override
  void step() {
    for (int i = 0; i < 50; i++) {
      Object value = value(3);
      assertThat(there(value)).isEqualTo(value);
    }
    arrays();
    batch();
    assertThat(python.call("len", memory)).isEqualTo(1024L);
  }

  private @Nullable Object there(@Nullable Object value) {
    switch (random.nextInt(4)) {
      case 0:
        return python.call("same", value);
      case 1:
        return same.call(value);
      case 2:
        python.set("value", value);
        return python.get("value");
      default:
        python.prepareMain(Map.of("values", Arrays.asList(1, value)));
        return python.eval("values[1]");
    }
  }

  private void arrays() {
    byte[] bytes = new byte[random.nextInt(200_000)];
    random.nextBytes(bytes);
    assertThat(same.call((Object) bytes)).isEqualTo(bytes);
    long[] longs = random.longs(random.nextInt(2_000)).toArray();
    assertThat(same.call((Object) longs)).isEqualTo(longs);
    double[] doubles = random.doubles(random.nextInt(2_000)).toArray();
    assertThat(same.call((Object) doubles)).isEqualTo(doubles);
  }

  private void batch() {
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      inputs.add(scalar());
    }
    assertThat(same.callAll(inputs)).isEqualTo(inputs);
  }

  private @Nullable Object value(int depth) {
    int kind = random.nextInt(depth == 0 ? 8 : 12);
    if (kind < 8) {
      return kind == 0 ? null : scalar();
    }
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      items.add(value(depth - 1));
    }
    return switch (kind) {
      case 8 -> keyed(items);
      case 9 -> scalars();
      default -> items;
    };
  }

  private Map<Object, @Nullable Object> keyed(List<@Nullable Object> items) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    items.forEach(item -> map.put("key" + map.size(), item));
    return map;
  }

  private Set<Object> scalars() {
    Set<Object> set = new LinkedHashSet<>();
    for (int i = 0; i < 5; i++) {
      set.add("member " + random.nextInt());
    }
    return set;
  }

  private Object scalar() {
    return switch (random.nextInt(13)) {
      case 0 -> random.nextLong();
      case 1 -> (long) random.nextInt(300);
      case 2 -> BigInteger.TWO.pow(64).add(new BigInteger(200, random));
      case 3 -> random.nextDouble();
      case 4 -> random.nextBoolean();
      case 5 -> "text " + random.nextInt() + " \u00e4\u20ac\ud83d\ude00\ud800";
      case 6 -> new BigDecimal(new BigInteger(100, random), 20);
      case 7 -> new UUID(random.nextLong(), random.nextLong());
      case 8 -> LocalDate.ofEpochDay(random.nextInt(100_000));
      case 9 -> LocalTime.ofSecondOfDay(random.nextInt(86_400));
      case 10 -> LocalDateTime.ofEpochSecond(random.nextInt(), 123_000, ZoneOffset.UTC);
      case 11 -> OffsetDateTime.of(2026, 1, 1, 0, 0, random.nextInt(60), 0, ZoneOffset.ofHours(2));
      default -> Duration.ofNanos(random.nextInt() * 1000L);
    };
  }

  @Override
  public void close() {
    same.close();
    python.close();
  }
}
