package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterMemory;
import dev.clutch.InterpreterMetrics;
import dev.clutch.Interpreters;
import dev.clutch.InterpretersMXBean;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What memory an interpreter has, and that it gives it back. */
@Tag("jni")
@Timeout(120)
class MemoryTest {
  private static final long MIB = 1 << 20;
  private static final int CYCLES = Integer.getInteger("clutch.memory.cycles", 40);

  @TempDir Path folder;

  @Test
  void smallObjectsAreInArenas() {
    try (Interpreter python = Interpreters.create()) {
      InterpreterMemory before = python.memory();
      python.run("kept = [(i, i) for i in range(200_000)]");
      InterpreterMemory after = python.memory();
      assertThat(before.arenas()).isPositive();
      assertThat(after.arenaBytes() - before.arenaBytes()).isGreaterThan(10 * MIB);
      assertThat(after.arenas()).isGreaterThan(before.arenas() + 10);
      assertThat(after.bytes()).isEqualTo(after.arenaBytes() + after.largeBytes());
      assertThat(after.limitBytes()).isZero();
    }
  }

  @Test
  void largeBlocksAreBesideThem() {
    try (Interpreter python = Interpreters.create()) {
      InterpreterMemory before = python.memory();
      python.run("kept = [bytes(1_000_000) for _ in range(20)]");
      InterpreterMemory during = python.memory();
      python.run("del kept");
      InterpreterMemory after = python.memory();
      assertThat(during.largeBytes() - before.largeBytes()).isBetween(20_000_000L, 21_000_000L);
      assertThat(during.largeBlocks() - before.largeBlocks()).isBetween(20L, 200L);
      assertThat(after.largeBytes()).isLessThan(before.largeBytes() + MIB);
      assertThat(after.peakBytes()).isGreaterThanOrEqualTo(during.bytes());
    }
  }

  @Test
  void itGrowsAndShrinksWithTheObject() {
    try (Interpreter python = Interpreters.create()) {
      python.run("kept = bytearray()");
      long before = python.memory().largeBytes();
      python.run("for _ in range(100): kept += bytes(100_000)");
      assertThat(python.memory().largeBytes() - before).isBetween(10_000_000L, 15_000_000L);
      python.run("del kept[1000:]");
      assertThat(python.memory().largeBytes() - before).isLessThan(MIB);
    }
  }

  /** Each makes a thread state, and gives it up elsewhere. */
  @Test
  void threadsThatComeAndGoLeaveNothing() throws Exception {
    try (Interpreter python = Interpreters.create()) {
      python.run("x = 1");
      Threads.inParallel(4, number -> python.eval("x"));
      InterpreterMemory before = python.memory();
      for (int i = 0; i < 300; i++) {
        Threads.inParallel(4, number -> python.eval("x"));
      }
      python.eval("x");
      InterpreterMemory after = python.memory();
      assertThat(after.bytes() - before.bytes()).isBetween(-MIB / 4, MIB / 4);
      assertThat(after.arenas() - before.arenas()).isBetween(-5L, 5L);
    }
  }

  @Test
  void interpretersAreCountedApart() {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      long before = other.memory().bytes();
      one.run("kept = bytes(50_000_000)");
      assertThat(other.memory().bytes()).isEqualTo(before);
      assertThat(one.memory().bytes()).isGreaterThan(50_000_000);
    }
  }

  @Test
  void itCanBeLookedAtWhileCodeRuns() throws Exception {
    try (Interpreter python = Interpreters.create()) {
      CompletableFuture<Void> running =
          CompletableFuture.runAsync(
              () -> python.run("l = []\nwhile len(l) < 1_000_000: l.append(object())"),
              Threads.OWN);
      while (!running.isDone()) {
        assertThat(python.memory().bytes()).isPositive();
      }
      running.get();
    }
  }

  @Test
  void theMainInterpreterHasSome() {
    try (PyObject kept = Interpreters.getMain().eval("bytearray(10_000_000)", PyObject.class)) {
      assertThat(Interpreters.getMain().memory().largeBytes()).isGreaterThan(10_000_000);
      assertThat(kept.isClosed()).isFalse();
    }
  }

  @Test
  void aClosedOneIsRefused() {
    Interpreter python = Interpreters.create();
    python.close();
    assertThatThrownBy(python::memory).isInstanceOf(InterpreterClosedException.class);
  }

  /** CPython keeps file names of one interpreter for all; the next one may compare freed memory. */
  @Test
  void tracemallocIsRefused() {
    String start = "import tracemalloc\ntracemalloc.start()";
    assertThatThrownBy(() -> Interpreters.getMain().run(start))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("Interpreter.memory()");
    try (Interpreter python = Interpreters.create()) {
      assertThatThrownBy(() -> python.run(start))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("tracemalloc");
    }
  }

  @Test
  void itIsAMetric() throws Exception {
    ObjectName name = InterpreterMetrics.register();
    assertThat(InterpreterMetrics.register()).isEqualTo(name);
    InterpreterConfig limited =
        InterpreterConfig.isolated().toBuilder().memoryLimit(50 << 20).build();
    try (Interpreter python = Interpreters.create(limited)) {
      InterpretersMXBean metrics =
          JMX.newMXBeanProxy(
              ManagementFactory.getPlatformMBeanServer(), name, InterpretersMXBean.class);
      assertThat(metrics.getCount()).isEqualTo(2);
      assertThat(metrics.getBytes()).containsOnlyKeys(0L, python.id());
      assertThat(metrics.getPeakBytes().get(python.id()))
          .isGreaterThanOrEqualTo(metrics.getBytes().get(python.id()));
      assertThat(metrics.getLimitBytes()).isEqualTo(Map.of(python.id(), 50L << 20));
      assertThat(metrics.getKeptBytes()).isNotNegative();
    }
  }

  /** Plain CPython 3.12 and 3.13 lose 6 MiB each time. */
  @Test
  @Tag("stress")
  void closeGivesItBack() throws Exception {
    ChildJvm.Ended ended = steady(CycleProgram.class).run(Integer.toString(CYCLES)).withStatus(0);
    assertThat(Long.parseLong(ended.out().strip())).isLessThan(200 * 1024);
  }

  @Test
  @Tag("stress")
  void aThreadThatCalledPythonOnceCostsLittle() throws Exception {
    assertThat(kibPerThread(1000, "shallow")[0]).isBetween(1L, 64L);
  }

  /** Of the megabytes that were in use, it keeps what shallow code needs. */
  @Test
  @Tag("stress")
  void aThreadThatRecursedDeepGivesItsStackBack() throws Exception {
    assertThat(kibPerThread(10, "deep")[1]).isBetween(1L, 128L);
  }

  /** Of the process, and of the stacks. */
  private long[] kibPerThread(int threads, String function) throws Exception {
    ChildJvm.Ended ended =
        steady(StackProgram.class).run(Integer.toString(threads), function).withStatus(0);
    return Stream.of(ended.out().strip().split(" ")).mapToLong(Long::parseLong).toArray();
  }

  /** With a Java heap that is as large from the start as it may become. */
  private ChildJvm steady(Class<?> program) {
    return new ChildJvm(program, folder)
        .option("-Xms64m")
        .option("-Xmx64m")
        .option("-XX:+AlwaysPreTouch")
        .option("-XX:+UseSerialGC")
        .option("-XX:TieredStopAtLevel=1");
  }

  /** The small one is in an arena. */
  @Test
  void whatJavaCanStillSeeStays() {
    long kept = InterpreterMemory.kept();
    ByteBuffer small;
    try (Interpreter python = Interpreters.create()) {
      small = (ByteBuffer) python.eval("memoryview(b'still here')");
    }
    for (int i = 0; i < 5; i++) {
      Interpreters.create().close();
    }
    byte[] content = new byte[small.remaining()];
    small.get(content);
    assertThat(new String(content, StandardCharsets.UTF_8)).isEqualTo("still here");
    assertThat(InterpreterMemory.kept()).isGreaterThan(kept + MIB);
  }

  /**
   * Until 3.12.4 the names of an extension function's parameters belong to the interpreter that
   * called it first (gh-119213).
   */
  @Test
  void anObjectInAStaticVariableStays() {
    for (int i = 0; i < 5; i++) {
      try (Interpreter python = Interpreters.create()) {
        assertThat(python.eval("__import__('_ssl').txt2obj('2.5.29.37', name=False)[1]"))
            .isEqualTo("extendedKeyUsage");
      }
    }
    assertThat(InterpreterMemory.kept()).isLessThan(20 * MIB);
  }
}
