package dev.clutch.mapping;

import static dev.clutch.mapping.Mapping.assertRefused;
import static dev.clutch.mapping.Mapping.assertUntouched;
import static dev.clutch.mapping.Mapping.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalarTest {
  private static final BigInteger TWO_TO_64 = BigInteger.TWO.pow(64);

  enum Color {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "green";
      }
    }
  }

  /**
   * Like an object that stays in Python: nothing can be made of it, and printing it is not ours.
   */
  static final class Handle {
    private Handle() {}

    @Override
    public String toString() {
      throw new AssertionError("printed");
    }
  }

  @Test
  void wholeNumbersBecomeWhatHoldsThem() {
    assertThat(map(-128L, byte.class)).isEqualTo((byte) -128);
    assertThat(map(32767L, Short.class)).isEqualTo((short) 32767);
    assertThat(map(5L, int.class)).isEqualTo(5);
    assertThat(map(5L, Integer.class)).isEqualTo(5);
    assertThat(map(5L, long.class)).isEqualTo(5L);
    assertThat(map(5L, Number.class)).isEqualTo(5L);
    assertThat(map(5L, BigInteger.class)).isEqualTo(BigInteger.valueOf(5));
    assertThat(map(5L, BigDecimal.class)).isEqualTo(BigDecimal.valueOf(5));
    assertThat(map(TWO_TO_64, BigDecimal.class)).isEqualTo(new BigDecimal("18446744073709551616"));
  }

  @Test
  void wholeNumbersThatDoNotFitAreRefused() {
    assertRefused(128L, byte.class, "result: Long 128 does not fit in byte");
    assertRefused(70000L, short.class, "result: Long 70000 does not fit in short");
    assertRefused(1L << 31, Integer.class, "result: Long 2147483648 does not fit in Integer");
    assertRefused(
        TWO_TO_64, long.class, "result: BigInteger 18446744073709551616 does not fit in long");
  }

  @Test
  void wholeNumbersBecomeFloatingOnesIfExact() {
    assertThat(map(1L << 53, double.class)).isEqualTo(0x1p53);
    assertThat(map(1L << 24, float.class)).isEqualTo(0x1p24f);
    assertThat(map(TWO_TO_64, Double.class)).isEqualTo(0x1p64);
    assertRefused(
        (1L << 53) + 1, double.class, "result: Long 9007199254740993 does not fit in double");
    assertRefused((1L << 24) + 1, Float.class, "result: Long 16777217 does not fit in Float");
    assertRefused(
        Long.MAX_VALUE, double.class, "result: Long 9223372036854775807 does not fit in double");
    assertRefused(
        BigInteger.TEN.pow(400),
        double.class,
        "result: BigInteger 1" + "0".repeat(99) + "… does not fit in double");
  }

  @Test
  void doublesBecomeNothingButFloats() {
    assertThat(map(0.1, double.class)).isEqualTo(0.1);
    assertThat(map(0.1, float.class)).isEqualTo(0.1f);
    assertThat(map(Double.NaN, float.class)).isNaN();
    assertThat(map(Double.NEGATIVE_INFINITY, Float.class)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertRefused(1e300, float.class, "result: Double 1.0E300 does not fit in float");
    assertRefused(3.0, int.class, "result: Double 3.0 cannot become int");
    assertRefused(3.0, Long.class, "result: Double 3.0 cannot become Long");
    assertRefused(3.0, BigDecimal.class, "result: Double 3.0 cannot become BigDecimal");
  }

  @Test
  void nothingIsParsedOrPrinted() {
    assertRefused("5", int.class, "result: String \"5\" cannot become int");
    assertRefused(5L, String.class, "result: Long 5 cannot become String");
    assertRefused("true", boolean.class, "result: String \"true\" cannot become boolean");
    assertRefused(true, int.class, "result: Boolean true cannot become int");
    assertRefused(1L, boolean.class, "result: Long 1 cannot become boolean");
    assertRefused("x:y", URI.class, "result: String \"x:y\" cannot become URI");
    assertRefused("/tmp", Path.class, "result: String \"/tmp\" cannot become Path");
    assertRefused(
        "2024-01-01", LocalDate.class, "result: String \"2024-01-01\" cannot become LocalDate");
    assertRefused(1L, Instant.class, "result: Long 1 cannot become Instant");
    assertRefused("a", UUID.class, "result: String \"a\" cannot become UUID");
    assertRefused("YQ==", byte[].class, "result: String \"YQ==\" cannot become byte[]");
  }

  @Test
  void aCharIsAStringOfOneCharacter() {
    assertThat(map("x", char.class)).isEqualTo('x');
    assertRefused("xy", char.class, "result: String \"xy\" cannot become char");
    assertRefused("", Character.class, "result: String \"\" cannot become Character");
  }

  @Test
  void aTimeWithItsOffsetIsAnInstant() {
    OffsetDateTime time = OffsetDateTime.of(1970, 1, 1, 1, 0, 0, 0, ZoneOffset.ofHours(1));
    assertThat(map(time, Instant.class)).isEqualTo(Instant.EPOCH);
    assertRefused(
        LocalDateTime.of(1970, 1, 1, 0, 0),
        Instant.class,
        "result: LocalDateTime 1970-01-01T00:00 cannot become Instant");
  }

  @Test
  void anEnumConstantIsItsExactName() {
    assertThat(map("RED", Color.class)).isSameAs(Color.RED);
    assertThat(map("GREEN", Color.class)).isSameAs(Color.GREEN);
    assertThat(map(Color.GREEN, Color.class)).isSameAs(Color.GREEN);
    assertThat(map(null, Color.class)).isNull();
    assertRefused(
        "red", Color.class, "result: String \"red\" cannot become Color: it has RED, GREEN");
    assertRefused(0L, Color.class, "result: Long 0 cannot become Color: it has RED, GREEN");
    assertRefused("", Color.class, "result: String \"\" cannot become Color: it has RED, GREEN");
  }

  @Test
  void noneIsNullButNoPrimitive() {
    assertThat(map(null, Integer.class)).isNull();
    assertThat(map(null, Object.class)).isNull();
    assertThat(map(null, String.class)).isNull();
    assertRefused(null, int.class, "result: null cannot become int");
    assertRefused(null, boolean.class, "result: null cannot become boolean");
  }

  static Stream<Object> othersOfJava() {
    return Stream.of(
        LocalDate.EPOCH,
        LocalTime.NOON,
        LocalDateTime.MIN,
        OffsetDateTime.MIN,
        Instant.EPOCH,
        Duration.ofSeconds(1),
        ZoneOffset.UTC,
        new UUID(1, 2),
        new BigDecimal("1.50"),
        new byte[] {1},
        new long[] {1},
        new int[] {1},
        new double[] {1},
        new boolean[] {true},
        ByteBuffer.allocateDirect(1),
        new Handle());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("othersOfJava")
  void whatIsOfTheTypeAlreadyStaysTheSame(Object value) {
    assertUntouched(value, value.getClass());
    assertUntouched(value, Object.class);
    assertThat(map(List.of(value), new Mapping.Of<List<Object>>() {}).get(0)).isSameAs(value);
    assertThat(map(Map.of("k", value), new Mapping.Of<Map<String, Object>>() {}).get("k"))
        .isSameAs(value);
  }

  @Test
  void anInterfaceIsEnough() {
    assertUntouched(ByteBuffer.allocateDirect(1), ByteBuffer.class);
    assertUntouched("text", CharSequence.class);
    assertUntouched("text", Serializable.class);
    assertUntouched("text", Comparable.class);
    assertRefused("text", Runnable.class, "result: String \"text\" cannot become Runnable");
  }

  @Test
  void whatIsNotDataIsNotPrinted() {
    assertRefused(new Handle(), int.class, "result: Handle cannot become int");
    assertRefused(new byte[] {1}, int.class, "result: byte[] cannot become int");
    assertRefused(List.of(1L), int.class, "result: List of 1 cannot become int");
    assertRefused(Map.of(), int.class, "result: Map of 0 cannot become int");
    assertRefused(5L, Handle.class, "result: Long 5 cannot become Handle");
  }
}
