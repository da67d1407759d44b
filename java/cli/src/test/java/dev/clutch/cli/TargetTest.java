package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @Test
  void splitsAtTheLastColon() {
    Target target = Target.parse("a:b/count.py:Counter.count");
    assertThat(target.file()).isEqualTo(Path.of("a:b/count.py"));
    assertThat(target.function()).isEqualTo("Counter.count");
  }

  @Test
  void namesTheModuleAfterTheFile() {
    assertThat(Target.parse("folder/count.py:f").callable()).isEqualTo("count:f");
    assertThat(Target.parse("folder/script:f").callable()).isEqualTo("script:f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"count.py", "count.py:", ":f", ""})
  void saysWhatItExpects(String text) {
    assertThatThrownBy(() -> Target.parse(text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("FILE:FUNCTION")
        .hasMessageEndingWith(text);
  }
}
