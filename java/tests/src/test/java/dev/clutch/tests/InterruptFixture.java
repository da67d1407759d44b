package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An interpreter whose code says that it has begun. */
abstract class InterruptFixture {
  private static final Duration GRACE = Duration.ofSeconds(20);

  final InterpreterQueue started = InterpreterQueue.create();
  Interpreter python;

  @BeforeEach
  void open() {
    python = Interpreters.create();
    python.set("started", started);
    python.run("import clutch, itertools, re, threading, time");
  }

  @AfterEach
  void close() {
    python.close(GRACE);
  }

  /** Code that runs on a thread of its own; when this returns, it has begun. */
  CompletableFuture<Void> running(String source) throws InterruptedException {
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(() -> python.run("started.put(1)\n" + source), Threads.OWN);
    assertThat(started.get()).isEqualTo(1L);
    return ended;
  }

  static void assertInterrupted(CompletableFuture<Void> ended) {
    assertThatThrownBy(() -> ended.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(PythonInterruptedException.class)
        .hasMessageContaining("clutch.Interrupted");
  }
}
