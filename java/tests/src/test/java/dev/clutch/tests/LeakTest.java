package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten million crossings of every kind leave the process as large as it was. */
@Tag("stress")
@Timeout(120)
class LeakTest {
  private static final long CROSSINGS = Long.getLong("clutch.leak.crossings", 10_000_000);
  private static final long MAX_GROWTH_KIB = 32 * 1024;

  @TempDir Path folder;

  /** With a Java heap that is as large from the start as it may become. */
  @Test
  void nothingGrows() throws Exception {
    ChildJvm.Ended ended =
        new ChildJvm(LeakProgram.class, folder)
            .option("-Xms64m")
            .option("-Xmx64m")
            .option("-XX:+AlwaysPreTouch")
            .option("-XX:+UseSerialGC")
            .run(Long.toString(CROSSINGS))
            .withStatus(0);
    assertThat(Long.parseLong(ended.out().strip())).isLessThan(MAX_GROWTH_KIB);
  }
}
