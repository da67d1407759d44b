package dev.clutch.benchmarks;

import dev.clutch.PyFunction;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Python calling Java. */
public class Callbacks {
  private static final int CALLS = 1_000;

  @Row(
      work = "Python calls a Java `Function` with an int",
      against = "release the GIL, `CallStaticLongMethod`, retake it",
      atMost = 2.0)
  public static class JavaFunction extends PythonBenchmark {
    private PyFunction empty;

    public JavaFunction() {
      super(
          """
          values = tuple(range(1000, 2000))
          def f():
              for value in values:
                  callback(value)
          def empty():
              for value in values:
                  pass
          """);
    }

    @Override
    void prepare() {
      Function<Object, Object> same = value -> value;
      python.set("callback", same);
      empty = python.function("empty");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object loopOnly() {
      return empty.call();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long plainC() {
      return Baseline.upcalls(CALLS, Values.FIRST);
    }
  }
}
