package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TotalsTest {
  private final Totals totals = new Totals();

  @Test
  void sumsTheFieldsOfDictsInTheirOrder() {
    Map<String, Object> dict = new LinkedHashMap<>();
    dict.put("words", 2L);
    dict.put("chars", 9L);
    dict.put("name", "not a number");
    dict.put("ok", true);
    totals.add(dict);
    totals.add(dict);
    assertThat(totals).hasToString("words=4 chars=18");
  }

  @Test
  void sumsNumbers() {
    totals.add(2L);
    totals.add(0.5);
    assertThat(totals).hasToString("result=2.50000");
  }

  @Test
  void doesNotOverflow() {
    totals.add(Long.MAX_VALUE);
    totals.add(BigInteger.ONE);
    assertThat(totals).hasToString("result=9223372036854775808");
  }

  @Test
  void isEmptyWithoutNumbers() {
    totals.add("text");
    totals.add(List.of(1L));
    totals.add(null);
    assertThat(totals.isEmpty()).isTrue();
  }
}
