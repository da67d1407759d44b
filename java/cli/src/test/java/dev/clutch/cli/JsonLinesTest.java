package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.NotShareableException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  @Test
  void writesEveryKindOfValue() {
    Map<Object, Object> dict = new LinkedHashMap<>();
    dict.put("float", 0.5);
    dict.put(1L, BigInteger.TWO.pow(70));
    List<Object> value = Arrays.asList(null, true, 7L, "text", dict);
    assertThat(result(value))
        .isEqualTo(
            "{\"input\":\"in\",\"result\":"
                + "[null,true,7,\"text\",{\"float\":0.5,\"1\":1180591620717411303424}]}");
  }

  @Test
  void keepsNoneApartFromNoResult() {
    assertThat(result(null)).isEqualTo("{\"input\":\"in\",\"result\":null}");
  }

  @Test
  void isOneLine() {
    assertThat(result("a\nb\r\u2028")).doesNotContain("\n", "\r");
  }

  @Test
  void leavesTextReadable() {
    assertThat(result("größer 🐍")).contains("größer 🐍");
  }

  @Test
  void escapesUnpairedSurrogates() {
    assertThat(result("é\uDC80")).contains("\\u00E9\\uDC80");
  }

  @Test
  void namesTheErrorInsteadOfAResult() {
    Outcome outcome =
        Outcome.of(
            () -> {
              throw new NotShareableException("the result cannot cross");
            });
    assertThat(JsonLines.format("in", outcome))
        .isEqualTo(
            "{\"input\":\"in\",\"error\":{\"type\":\"NotShareableException\","
                + "\"message\":\"the result cannot cross\",\"traceback\":\"\"}}");
  }

  private static String result(Object value) {
    return JsonLines.format("in", new Outcome(value, null));
  }
}
