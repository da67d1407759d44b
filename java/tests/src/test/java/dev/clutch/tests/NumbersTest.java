package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.PyObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** None, bool, int, float and Decimal. */
class NumbersTest extends ValuesFixture {
  @Test
  void noneAndBooleansStayThemselves() {
    assertIs(null, "None");
    assertIs(true, "True");
    assertIs(false, "False");
    assertThat(python.eval("None")).isNull();
    assertThat(python.eval("[True, False]")).isEqualTo(List.of(true, false));
  }

  @Test
  void javasIntegersBecomeInts() {
    assertIs((byte) -128, "-128");
    assertIs((short) 32767, "32767");
    assertIs(Integer.MIN_VALUE, "-2 ** 31");
    assertIs(Long.MAX_VALUE, "2 ** 63 - 1");
    assertIs(Long.MIN_VALUE, "-2 ** 63");
    assertIs(BigInteger.TEN, "10");
    assertThat(echo((byte) 5)).isEqualTo(5L);
    assertThat(echo(BigInteger.TEN)).isEqualTo(10L);
  }

  @Test
  void intsBeyond64BitsAreBigIntegers() {
    for (int exponent : new int[] {31, 32, 62, 63, 64, 65, 127, 128, 255, 256, 4095, 20_000}) {
      for (int offset = -1; offset <= 1; offset++) {
        for (int sign : new int[] {1, -1}) {
          BigInteger expected =
              BigInteger.ONE
                  .shiftLeft(exponent)
                  .add(BigInteger.valueOf(offset))
                  .multiply(BigInteger.valueOf(sign));
          String expression = "%d * (2 ** %d + %d)".formatted(sign, exponent, offset);
          Object value = python.eval(expression);
          assertThat(value).isInstanceOf(expected.bitLength() < 64 ? Long.class : BigInteger.class);
          assertThat(new BigInteger(value.toString())).isEqualTo(expected);
          assertIs(expected, expression);
        }
      }
    }
  }

  /** Python refuses to make text of more than 4300 digits; no text is made here. */
  @Test
  void intsMayHaveThousandsOfDigits() {
    BigInteger expected = BigInteger.TEN.pow(5000).negate();
    assertThat(python.eval("-10 ** 5000")).isEqualTo(expected);
    assertIs(expected, "-10 ** 5000");
    assertThat(echo(List.of(expected))).isEqualTo(List.of(expected));
  }

  @Test
  void floatsKeepEveryBit() {
    double[] values = {
      0.0,
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      Math.PI
    };
    for (double value : values) {
      assertThat(Double.doubleToLongBits((Double) echo(value)))
          .isEqualTo(Double.doubleToLongBits(value));
    }
    assertIs(1.5f, "1.5");
    assertThat(echo(0.1f)).isEqualTo((double) 0.1f);
    assertThat(python.eval("str(echo(-0.0))")).isEqualTo("-0.0");
  }

  static Stream<BigDecimal> decimals() {
    return Stream.of(
            "0",
            "1",
            "-1",
            "0.00",
            "1E+3",
            "-1E+3",
            "123.4500",
            "1E-400",
            "1E+400",
            "0E+5",
            "0E-9",
            "9.99E+2147483600",
            "1E-2147483600")
        .map(BigDecimal::new);
  }

  @ParameterizedTest
  @MethodSource("decimals")
  void bigDecimalsKeepTheirScale(BigDecimal number) {
    assertStays(number);
    python.run("from decimal import Decimal");
    assertIs(number, "Decimal('" + number + "')");
    assertThat(python.call("str", python.call("repr", number)))
        .isEqualTo("Decimal('" + number + "')");
  }

  @Test
  void bigDecimalsOfExtremeScaleAndSizeCross() {
    for (BigDecimal number :
        List.of(
            new BigDecimal(BigInteger.valueOf(-125), Integer.MAX_VALUE),
            new BigDecimal(BigInteger.valueOf(125), -Integer.MAX_VALUE),
            new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
            new BigDecimal(BigInteger.ZERO, Integer.MIN_VALUE),
            new BigDecimal(BigInteger.ZERO, Integer.MAX_VALUE),
            new BigDecimal(BigInteger.TEN.pow(10_000).subtract(BigInteger.ONE)),
            new BigDecimal(BigInteger.TEN.pow(10_000).subtract(BigInteger.ONE), 5_000))) {
      assertThat(echo(number).equals(number)).describedAs("scale %s", number.scale()).isTrue();
    }
  }

  @Test
  void decimalsThatJavaCannotHoldStayObjects() {
    python.run("from decimal import Decimal\nclass Money(Decimal): pass");
    for (String text : List.of("NaN", "sNaN", "Infinity", "-Infinity", "-0", "-0.00")) {
      try (PyObject object = (PyObject) python.eval("Decimal('" + text + "')")) {
        assertThat(object.str()).isEqualTo(text);
        assertThat(python.call("type", object)).isNotNull();
      }
    }
    assertThat(python.eval("isinstance(echo(Money(1)), Money)")).isEqualTo(true);
    assertThat(python.eval("Money(1)")).isInstanceOf(PyObject.class);
    assertThat(python.eval("Decimal((0, (1,), 99999999999))")).isInstanceOf(PyObject.class);
  }
}
