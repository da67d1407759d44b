package dev.clutch.benchmarks;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What every row begins with: a function {@code f}, which both Clutch and the baseline call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class PythonBenchmark {
  /** Is given a value and does nothing with it. */
  static final String IGNORE = "def f(value): pass";

  private final String source;
  Interpreter python;
  PyFunction f;

  PythonBenchmark(String source) {
    this.source = source;
  }

  @Setup
  public void open() {
    python = Interpreters.create();
    python.run(source);
    f = python.function("f");
    prepare();
    Baseline.open(python.id(), Flat.MEMORY, "f");
  }

  /** What else a row needs, such as values in {@link Flat}. */
  void prepare() {}

  @TearDown
  public void close() {
    Baseline.close();
    python.close();
  }
}
