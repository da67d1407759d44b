package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Attachment;
import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterException;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.Output;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every way into an interpreter in which there is only so much memory left. */
@Tag("jni")
@Timeout(120)
class MemoryFailureTest {
  private static final int ROUNDS = Integer.getInteger("clutch.memory.rounds", 60);

  private static final InterpreterConfig LIMITED =
      InterpreterConfig.isolated().toBuilder()
          .memoryLimit(24 << 20)
          .stdout(Output.lines(line -> {}))
          .stderr(Output.lines(line -> {}))
          .build();

  /** Small pieces last, so that all that can be had is taken; then some are given back. */
  private static final String FILL =
      """
      import clutch, json, traceback
      def same(x): return x
      def call(f): return f(1)
      def fill(spare):
          global kept
          kept = []
          for size in (1_000_000, 50_000, 4_000, 600):
              try:
                  while True: kept.append(bytearray(size))
              except MemoryError: pass
          small = []
          try:
              while True: small.append(object())
          except MemoryError: pass
          kept.append(small)
          del small[-spare:]
      """;

  @FunctionalInterface
  private interface Use {
    void of(Interpreter python) throws Exception;
  }

  private static final List<Use> USES =
      List.of(
          python -> python.run("x = 1"),
          python -> python.run("import fractions, textwrap"),
          python -> python.eval("[str(i) for i in range(1000)]"),
          python -> python.eval("1 / 0"),
          python -> python.eval("unknown"),
          python -> python.run("raise ValueError('x' * 1000) from KeyError(1)"),
          python -> python.run("print('x' * 5000)"),
          python -> python.call("same", List.of(1, "a", Map.of("b", 2.5))),
          python -> python.call("same", new BigDecimal("1.5")),
          python -> python.call("same", LocalDate.of(2026, 1, 2)),
          python -> python.call("same", (Object) new long[10_000]),
          python -> python.call("same", "x".repeat(100_000)),
          python -> python.call("same", (Object) new byte[100_000]),
          python -> python.call("call", (Function<Long, Object>) x -> List.of(x, "y".repeat(2000))),
          python ->
              python.call(
                  "call",
                  (Function<Long, Object>)
                      x -> {
                        throw new IllegalStateException("x");
                      }),
          python -> {
            try (PyFunction function = python.function("same");
                Attachment attached = python.attach()) {
              for (long i = 0; i < 100; i++) {
                function.call(i << 40, "text");
              }
              assertThat(attached).isNotNull();
            }
          },
          python -> {
            try (PyObject object = python.eval("{'a': [1, 2]}", PyObject.class)) {
              object.callMethod("keys");
              object.getItem("a");
            }
          },
          python -> {
            try (Channel channel = Channel.open()) {
              python.set("end", channel.sendEnd());
              python.run("for i in range(20): end.send({'i': ['x' * 100] * 10})");
            }
          },
          python -> {
            Thread thread = new Thread(() -> quietly(() -> python.eval("same(1)")));
            thread.start();
            thread.join();
          },
          python -> {
            python.interrupt();
            python.eval("same(1)");
          });

  /** More and more is spare. */
  @Test
  void exceptionsOnly() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      int spare = round * round;
      try (Interpreter python = Interpreters.create(LIMITED)) {
        python.run(FILL);
        quietly(() -> python.call("fill", spare));
        for (Use use : USES) {
          quietly(() -> use.of(python));
        }
        quietly(() -> python.run("kept = x = end = None"));
        assertThat(python.memory().bytes()).isPositive();
      }
    }
  }

  @FunctionalInterface
  private interface Attempt {
    void make() throws Exception;
  }

  private static void quietly(Attempt attempt) {
    try {
      attempt.make();
    } catch (PythonException | NotShareableException | InterpreterException refused) {
      // as it may be
    } catch (Exception other) {
      throw new AssertionError(other);
    }
  }
}
