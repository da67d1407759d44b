package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.JavaCallable;
import dev.clutch.NotShareableException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text and bytes. */
class StringsTest extends ValuesFixture {
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

  // -- bytes --

  static IntStream byteCounts() {
    return IntStream.of(0, 1, 4095, 4096, 8192, 16383, 16384, 16385, 65536, 1 << 20);
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
    python.run("def thrice(f, b): return f(b, b, named=b)");
    List<?> result = (List<?>) python.call("thrice", callback, content);
    assertThat(result).hasSize(3).allSatisfy(each -> assertThat(each).isEqualTo(content));
    assertThat(seen).hasSize(3).allSatisfy(each -> assertThat(each).isEqualTo(content));
  }

  @Test
  void bytearraysStayInPython() {
    assertIsObject("bytearray(b'x')", "builtins.bytearray");
  }

  @Test
  void whatIsTooLargeIsRefusedWithItsSizeAndPath() {
    assertThatThrownBy(() -> python.eval("['x', {'b': bytes(2**31)}]"))
        .isInstanceOf(NotShareableException.class)
        .hasMessage(
            "result[1][\"b\"]: a value of 2147483648 bytes cannot cross at once: the limit is 2 GiB;"
                + " send it in parts");
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }
}
