package dev.clutch.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** Collections as results: C reads them into flat memory, and plain Java builds its own from it. */
public class Out {
  private static final String RETURN = "\ndef f(): return values";

  @Row(
      work = "out: a list of 100,000 ints",
      against = "reading it in C, building the list in Java",
      atMost = 1.5)
  public static class Longs extends PythonBenchmark {
    public Longs() {
      super("values = " + Values.PYTHON_LONGS + RETURN);
    }

    @Override
    void prepare() {
      Flat.putLongs(Values.longs());
    }

    @Benchmark
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    public void plainC() {
      Baseline.takeLongs();
    }

    @Benchmark
    public Object plainJava() {
      return Flat.longs(Values.LIST);
    }
  }

  @Row(
      work = "out: a list of 100,000 short strings",
      against = "reading it in C, building the list in Java",
      atMost = 1.5)
  public static class Strings extends PythonBenchmark {
    public Strings() {
      super("values = " + Values.PYTHON_STRINGS + RETURN);
    }

    @Override
    void prepare() {
      Flat.putStrings(Values.strings());
    }

    @Benchmark
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    public void plainC() {
      Baseline.takeStrings();
    }

    @Benchmark
    public Object plainJava() {
      return Flat.strings(Values.LIST);
    }
  }

  @Row(
      work = "out: a dict of 10,000 strings and ints",
      against = "reading it in C, building the map in Java",
      atMost = 1.5)
  public static class Dict extends PythonBenchmark {
    public Dict() {
      super("values = " + Values.PYTHON_DICT + RETURN);
    }

    @Override
    void prepare() {
      Flat.putDict(Values.dict());
    }

    @Benchmark
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    public void plainC() {
      Baseline.takeDict();
    }

    @Benchmark
    public Object plainJava() {
      return Flat.dict(Values.DICT);
    }
  }
}
