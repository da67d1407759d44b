package dev.clutch.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values that cross as a kind and the simple values they consist of; {@code clutch.py} is the other
 * side. Days are counted as Python's ordinals: 1 is the first of January of the year 1.
 */
final class Parts {
  private static final long EPOCH_ORDINAL = 719_163;
  private static final long LAST_ORDINAL = 3_652_059; // 9999-12-31
  private static final long MAX_DELTA_DAYS = 999_999_999;
  private static final long SECONDS_OF_DAY = 86_400;

  /** What has to be known about the interpreter: whether it takes less than a microsecond away. */
  interface Rounding {
    boolean allowed();
  }

  private final Rounding rounding;

  Parts(Rounding rounding) {
    this.rounding = rounding;
  }

  /** A kind and the values. */
  record Split(char kind, List<Object> values) {}

  /** A value that Python's type cannot hold; the text follows what names the value. */
  static final class OutOfRangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfRangeException(String problem) {
      super(problem, null, false, false);
    }
  }

  /** Takes the value apart; null if it is none of these. */
  @Nullable Split split(Object value) {
    if (value instanceof BigDecimal number) {
      BigInteger digits = number.unscaledValue();
      return of('D', digits.signum() < 0, digits.abs().toString(), -(long) number.scale());
    } else if (value instanceof UUID uuid) {
      return of('U', bytes(uuid));
    } else if (value instanceof LocalDate date) {
      return of('d', ordinal(date));
    } else if (value instanceof LocalTime time) {
      return of('t', micros(time));
    } else if (value instanceof LocalDateTime time) {
      return of('n', dateTime(time));
    } else if (value instanceof OffsetDateTime time) {
      return aware(time);
    } else if (value instanceof Instant instant) {
      return aware(utc(instant));
    } else if (value instanceof Duration duration) {
      return delta(duration);
    }
    return null;
  }

  private static Split of(char kind, Object... values) {
    return new Split(kind, List.of(values));
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static long ordinal(LocalDate date) {
    long ordinal = date.toEpochDay() + EPOCH_ORDINAL;
    if (ordinal < 1 || ordinal > LAST_ORDINAL) {
      throw new OutOfRangeException(", but Python's years are 1 to 9999");
    }
    return ordinal;
  }

  private long microsOf(long nanos) {
    if (nanos % 1000 != 0 && !rounding.allowed()) {
      throw new OutOfRangeException(
          ", but Python's times have microseconds, not nanoseconds: truncate it, or let"
              + " InterpreterConfig.roundNanoseconds do it for what is passed to an interpreter");
    }
    long down = nanos / 1000;
    long rest = nanos % 1000;
    return rest > 500 || (rest == 500 && down % 2 == 1) ? down + 1 : down;
  }

  private long micros(LocalTime time) {
    long micros = microsOf(time.toNanoOfDay());
    if (micros == SECONDS_OF_DAY * 1_000_000) {
      throw new OutOfRangeException(", which cannot be rounded to microseconds within its day");
    }
    return micros;
  }

  /** Rounded as a whole, so that the last half microsecond of a day goes to the next one. */
  private Object[] dateTime(LocalDateTime time) {
    ordinal(time.toLocalDate());
    LocalDateTime seconds = time.withNano(0);
    LocalDateTime rounded =
        seconds.plusNanos(microsOf(time.toLocalTime().toNanoOfDay() % 1_000_000_000) * 1000);
    return new Object[] {
      ordinal(rounded.toLocalDate()), rounded.toLocalTime().toNanoOfDay() / 1000
    };
  }

  private static OffsetDateTime utc(Instant instant) {
    try {
      return instant.atOffset(ZoneOffset.UTC);
    } catch (DateTimeException tooFar) {
      throw new OutOfRangeException(", but Python's years are 1 to 9999");
    }
  }

  private Split aware(OffsetDateTime time) {
    Object[] local = dateTime(time.toLocalDateTime());
    return of('z', local[0], local[1], (long) time.getOffset().getTotalSeconds());
  }

  private Split delta(Duration duration) {
    long seconds = duration.getSeconds();
    long micros = microsOf(duration.getNano());
    if (micros == 1_000_000) {
      seconds++;
      micros = 0;
    }
    long days = Math.floorDiv(seconds, SECONDS_OF_DAY);
    if (Math.abs(days) > MAX_DELTA_DAYS) {
      throw new OutOfRangeException(", but Python's timedelta has at most 999999999 days");
    }
    return of('T', days, Math.floorMod(seconds, SECONDS_OF_DAY), micros);
  }

  /**
   * Puts a value together that Python took apart.
   *
   * @throws Decoder.MalformedException if the parts do not make one
   */
  static Object join(byte kind, List<@Nullable Object> parts) {
    try {
      return made(kind, parts);
    } catch (DateTimeException
        | ArithmeticException
        | ClassCastException
        | NumberFormatException
        | BufferUnderflowException wrong) {
      throw new Decoder.MalformedException((char) kind + ": " + wrong.getMessage());
    }
  }

  private static Object made(byte kind, List<@Nullable Object> parts) {
    return switch (kind) {
      case 'D' -> decimal(parts);
      case 'U' -> uuid((byte[]) part(parts, 0));
      case 'd' -> date(parts);
      case 't' -> LocalTime.ofNanoOfDay(number(parts, 0) * 1000);
      case 'n' -> dateTime(parts);
      case 'z' ->
          OffsetDateTime.of(
              dateTime(parts), ZoneOffset.ofTotalSeconds(Math.toIntExact(number(parts, 2))));
      case 'T' ->
          Duration.ofDays(number(parts, 0))
              .plusSeconds(number(parts, 1))
              .plusNanos(number(parts, 2) * 1000);
      default -> throw new Decoder.MalformedException("kind " + kind);
    };
  }

  private static BigDecimal decimal(List<@Nullable Object> parts) {
    BigInteger digits = new BigInteger((String) part(parts, 1));
    boolean negative = (Boolean) part(parts, 0);
    return new BigDecimal(negative ? digits.negate() : digits, Math.toIntExact(-number(parts, 2)));
  }

  private static Object part(List<@Nullable Object> parts, int index) {
    Object part = index < parts.size() ? parts.get(index) : null;
    if (part == null) {
      throw new Decoder.MalformedException("a part is missing");
    }
    return part;
  }

  private static long number(List<@Nullable Object> parts, int index) {
    return (Long) part(parts, index);
  }

  private static LocalDate date(List<@Nullable Object> parts) {
    return LocalDate.ofEpochDay(number(parts, 0) - EPOCH_ORDINAL);
  }

  private static LocalDateTime dateTime(List<@Nullable Object> parts) {
    return date(parts).atTime(LocalTime.ofNanoOfDay(number(parts, 1) * 1000));
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer both = ByteBuffer.wrap(bytes);
    return new UUID(both.getLong(), both.getLong());
  }
}
