package dev.clutch.tests;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Two interpreters of each test's own, and little patience of those that wait for an attached one.
 */
@Tag("jni")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AttachmentFixture {
  static final long PATIENCE_MILLIS = 500;

  static {
    System.setProperty("clutch.attachPatienceMillis", String.valueOf(PATIENCE_MILLIS));
  }

  Interpreter python;
  Interpreter other;

  @BeforeEach
  void createInterpreters() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.run("import time\ndef call(f, *args): return f(*args)\ndef add(a, b): return a + b");
    }
  }

  @AfterEach
  void closeInterpreters() {
    python.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  /** Does it on a thread of its own. */
  static <T> CompletableFuture<T> elsewhere(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, Threads.OWN);
  }
}
