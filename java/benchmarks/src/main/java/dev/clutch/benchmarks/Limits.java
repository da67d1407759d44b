package dev.clutch.benchmarks;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.TimeLimited;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;

/** What it costs that memory and time are bounded. */
public class Limits {
  @Row(
      work =
          "Python that allocates: small objects, large ones, lists that grow; with a memory limit",
      against = "the same without a limit",
      atMost = 1.03)
  public static class Memory extends PythonBenchmark {
    private static final String ALLOCATE =
        """
        def f():
            kept = []
            for i in range(2000):
                kept.append([i, str(i), (i, i), {'key': i}])
                kept.append('x' * 600 + str(i))
                kept.append(bytearray(5000))
            return len(kept)
        """;

    private Interpreter limited;

    public Memory() {
      super(ALLOCATE);
    }

    @Override
    void prepare() {
      limited =
          Interpreters.create(
              InterpreterConfig.isolated().toBuilder().memoryLimit(1L << 30).build());
      limited.run(ALLOCATE);
    }

    @Benchmark
    public Object clutch() {
      return limited.call("f");
    }

    @Benchmark
    public Object plainPython() {
      return python.call("f");
    }

    @Override
    public void close() {
      limited.close();
      super.close();
    }
  }

  @Row(
      work = "`withTimeout(...).call` of a function that does nothing",
      against = "the same call by an executor's thread, `Future.get` with a timeout",
      atMost = 1.5)
  public static class Time extends PythonBenchmark {
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private TimeLimited limited;

    public Time() {
      super(IGNORE);
    }

    @Override
    void prepare() {
      limited = python.withTimeout(Duration.ofMinutes(1));
    }

    @Benchmark
    public Object clutch() {
      return limited.call("f", 1L);
    }

    @Benchmark
    public Object plainJava() throws Exception {
      return executor.submit(() -> python.call("f", 1L)).get(1, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
      executor.shutdown();
      super.close();
    }
  }
}
