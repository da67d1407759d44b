package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonVersionTest {
  @ParameterizedTest
  @CsvSource({
    "3.14.3, 3.14.3",
    "3.15.0rc1, 3.15.0rc1",
    "3.14.0+, 3.14.0",
    "'3.13.0 experimental free-threading build (main, Oct  7 2024)', 3.13.0",
    "'2.7.18 (default)\n[GCC 12.2.0]', 2.7.18",
    "3.12, 3.12",
    "3.12.1.final.0, 3.12.1"
  })
  void readsWhatPythonsSayAndWrite(String text, String version) {
    assertThat(PythonVersion.parse(text)).hasToString(version);
  }

  @Test
  void sortsInTheOrderOfReleases() {
    assertThat(
            Stream.of("3.14.1", "3.9.2", "3.14.0rc2", "3.14.0", "3.14.0a7", "3.14.0b1")
                .map(text -> Objects.requireNonNull(PythonVersion.parse(text)))
                .sorted())
        .map(PythonVersion::toString)
        .containsExactly("3.9.2", "3.14.0a7", "3.14.0b1", "3.14.0rc2", "3.14.0", "3.14.1");
  }

  @Test
  void isNotWhateverHasADigit() {
    assertThat(PythonVersion.parse("python3")).isNull();
    assertThat(PythonVersion.parse("3")).isNull();
  }
}
