package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.soak.SoakProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/soak} runs for long, for a short time. */
@Tag("stress")
@Timeout(120)
class SoakTest {
  @TempDir Path folder;

  /** With the JVM's options of {@code scripts/soak}. */
  @Test
  void everythingAtOnce() throws Exception {
    ChildJvm.Ended ended =
        new ChildJvm(SoakProgram.class, folder)
            .option("-Xms256m")
            .option("-Xmx256m")
            .option("-XX:+AlwaysPreTouch")
            .option("-XX:+UseSerialGC")
            .run("15")
            .withStatus(0);
    assertThat(ended.out()).contains("before:").doesNotContain("FAILED");
  }
}
