package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PyObject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dates, times and durations. */
class TimesTest extends ValuesFixture {
  private static Interpreter rounding;

  @BeforeAll
  static void createRounding() {
    rounding =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder().roundNanoseconds(true).build());
    rounding.run(HELPERS);
  }

  @AfterAll
  static void closeRounding() {
    rounding.close();
  }

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
        List.of(
            "[moment, 'x' * 100]",
            "[*range(600), moment, *range(600)]",
            "{'a': moment, 'b': 'x' * 100}",
            "{moment, 'b' * 100}")) {
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
}
