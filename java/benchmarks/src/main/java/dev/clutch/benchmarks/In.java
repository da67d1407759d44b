package dev.clutch.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;

/** Collections as arguments. */
public class In {
  @Row(
      work = "in: a `List<Long>` of 100,000",
      against = "building the list from a C array",
      atMost = 1.7)
  public static class Longs extends PythonBenchmark {
    private List<Long> values;

    public Longs() {
      super(IGNORE);
    }

    @Override
    void prepare() {
      values = Values.longs();
      Flat.putLongs(values);
    }

    @Benchmark
    public Object clutch() {
      return f.call(values);
    }

    @Benchmark
    public void plainC() {
      Baseline.giveLongs(Values.LIST);
    }
  }

  @Row(
      work = "in: a list of 100,000 short strings",
      against = "building the list from characters in C",
      atMost = 1.7)
  public static class Strings extends PythonBenchmark {
    private List<String> values;

    public Strings() {
      super(IGNORE);
    }

    @Override
    void prepare() {
      values = Values.strings();
      Flat.putStrings(values);
    }

    @Benchmark
    public Object clutch() {
      return f.call(values);
    }

    @Benchmark
    public void plainC() {
      Baseline.giveStrings(Values.LIST);
    }
  }

  @Row(
      work = "in: a `Map<String, Long>` of 10,000",
      against = "building the dict in C",
      atMost = 1.7)
  public static class Dict extends PythonBenchmark {
    private Map<String, Long> values;

    public Dict() {
      super(IGNORE);
    }

    @Override
    void prepare() {
      values = Values.dict();
      Flat.putDict(values);
    }

    @Benchmark
    public Object clutch() {
      return f.call(values);
    }

    @Benchmark
    public void plainC() {
      Baseline.giveDict(Values.DICT);
    }
  }
}
