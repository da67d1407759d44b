package dev.clutch.cli;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sums what is a number in the results: the result itself, or each field of a dict. */
final class Totals {
  private static final String WHOLE_RESULT = "result";

  private final Map<String, Number> sums = new LinkedHashMap<>();

  void add(@Nullable Object result) {
    if (result instanceof Map<?, ?> fields) {
      fields.forEach((name, value) -> addNumber(String.valueOf(name), value));
    } else {
      addNumber(WHOLE_RESULT, result);
    }
  }

  boolean isEmpty() {
    return sums.isEmpty();
  }

  private void addNumber(String name, @Nullable Object value) {
    if (value instanceof Number number) {
      sums.merge(name, number, Totals::sum);
    }
  }

  private static Number sum(Number left, Number right) {
    if (left instanceof Double || right instanceof Double) {
      return left.doubleValue() + right.doubleValue();
    }
    return integer(left).add(integer(right));
  }

  private static BigInteger integer(Number number) {
    return number instanceof BigInteger big ? big : BigInteger.valueOf(number.longValue());
  }

  /** The sums as {@code name=sum}, in the order in which the names first came. */
  @Override
  public String toString() {
    return sums.entrySet().stream()
        .map(sum -> sum.getKey() + "=" + text(sum.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String text(Number sum) {
    return sum instanceof Double real ? String.format(Locale.ROOT, "%.6g", real) : sum.toString();
  }
}
