package dev.clutch.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;

/** Bulk data, where copying is all there is. */
public class Bulk {
  private static final int LONGS = 100_000;
  private static final int BYTES = Flat.CAPACITY;

  @Row(
      work = "in: `long[100_000]`",
      against = "`array.array`, and `frombytes` of the memory",
      atMost = 2.0)
  public static class LongsIn extends PythonBenchmark {
    private final long[] values = LongStream.range(0, LONGS).toArray();

    public LongsIn() {
      super(IGNORE);
    }

    @Benchmark
    public Object clutch() {
      return f.call((Object) values);
    }

    @Benchmark
    public void plainC() {
      Baseline.giveArray(LONGS * Long.BYTES);
    }
  }

  @Row(
      work = "out: `long[100_000]`",
      against = "a new array, copied from direct memory",
      atMost = 2.0)
  public static class LongsOut extends PythonBenchmark {
    public LongsOut() {
      super(
          """
          import array
          values = array.array('q', range(100_000))
          def f(): return values
          """);
    }

    @Benchmark
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    public long[] plainJava() {
      long[] values = new long[LONGS];
      Flat.MEMORY.clear().asLongBuffer().get(values);
      return values;
    }
  }

  @Row(
      work = "in: `byte[]` of 16 MiB",
      against = "`PyBytes_FromStringAndSize`, `memcpy`",
      atMost = 1.5)
  public static class BytesIn extends PythonBenchmark {
    private final byte[] values = new byte[BYTES];

    public BytesIn() {
      super(IGNORE);
      Arrays.fill(values, (byte) 'x');
    }

    @Benchmark
    public Object clutch() {
      return f.call((Object) values);
    }

    @Benchmark
    public void plainC() {
      Baseline.giveBytes(BYTES);
    }
  }

  @Row(
      work = "out: `bytes` of 16 MiB",
      against = "a new array, copied from direct memory",
      atMost = 1.5)
  public static class BytesOut extends PythonBenchmark {
    public BytesOut() {
      super(
          """
          values = b'x' * (16 << 20)
          def f(): return values
          """);
    }

    @Benchmark
    public Object clutch() {
      return f.call();
    }

    @Benchmark
    public byte[] plainJava() {
      byte[] values = new byte[BYTES];
      Flat.MEMORY.get(0, values);
      return values;
    }
  }

  /** Whatever the size, no byte is copied, so a call takes as long with much as with little. */
  @Row(
      work = "a direct `ByteBuffer` of 256 MiB as argument",
      against = "one of 1 KiB, with Clutch too",
      atMost = 1.1)
  public static class Buffer extends PythonBenchmark {
    private final ByteBuffer large = ByteBuffer.allocateDirect(256 << 20);
    private final ByteBuffer small = ByteBuffer.allocateDirect(1 << 10);

    public Buffer() {
      super(IGNORE);
    }

    @Benchmark
    public Object clutchLarge() {
      return f.call(large);
    }

    @Benchmark
    public Object plainSmall() {
      return f.call(small);
    }
  }
}
