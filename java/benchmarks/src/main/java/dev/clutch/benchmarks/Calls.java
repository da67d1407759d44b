package dev.clutch.benchmarks;

import dev.clutch.Attachment;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Small calls, where the crossing is all there is; in loops, so that JMH's own part vanishes. */
public class Calls {
  private static final int CALLS = 1_000;
  private static final long FROM = Values.FIRST;
  private static final String ADD = "def f(a, b): return a + b";

  private static long calls(PythonBenchmark in) {
    long sum = 0;
    for (long i = FROM; i < FROM + CALLS; i++) {
      sum += (Long) in.f.call(i, i + 1);
    }
    return sum;
  }

  @Row(
      work = "`PyFunction.call(long, long)`",
      against = "attach, `PyObject_Vectorcall`, detach",
      atMost = 2.0)
  public static class General extends PythonBenchmark {
    public General() {
      super(ADD);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long clutch() {
      return calls(this);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long plainC() {
      return Baseline.attachAndCall(CALLS, FROM);
    }
  }

  @Row(
      work = "the same, inside `attach()`",
      against = "`PyObject_Vectorcall`, attached once",
      atMost = 1.6)
  public static class Attached extends PythonBenchmark {
    public Attached() {
      super(ADD);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    @SuppressWarnings("try") // the attachment is not mentioned
    public long clutch() {
      try (Attachment attachment = python.attach()) {
        return calls(this);
      }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long plainC() {
      return Baseline.call(CALLS, FROM);
    }
  }

  @Row(
      work = "the same, by `callAll`, per item of 1,000",
      against = "`PyObject_Vectorcall`, attached once",
      atMost = 1.3)
  public static class Batch extends PythonBenchmark {
    private List<Object[]> items;

    public Batch() {
      super(ADD);
    }

    @Override
    void prepare() {
      items =
          LongStream.range(FROM, FROM + CALLS)
              .mapToObj(i -> new Object[] {i, i + 1})
              .collect(Collectors.toList());
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public List<Object> clutch() {
      return f.callAll(items);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long plainC() {
      return Baseline.call(CALLS, FROM);
    }
  }

  @Row(
      work = "`Interpreter.run(\"x = 1\")`",
      against = "attach, `PyEval_EvalCode`, detach",
      atMost = 3.0)
  public static class Run extends PythonBenchmark {
    public Run() {
      super(ADD);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void clutch() {
      for (int i = 0; i < CALLS; i++) {
        python.run("x = 1");
      }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void plainC() {
      Baseline.attachAndRun(CALLS);
    }
  }
}
