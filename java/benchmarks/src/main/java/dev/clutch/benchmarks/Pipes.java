package dev.clutch.benchmarks;

import dev.clutch.Pipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Small messages through a native pipe, from one thread to another. */
public class Pipes {
  private static final int MESSAGES = 50_000;
  private static final int SIZE = 64;

  /** Closes the sink at the end. */
  private static Thread startSender(Pipe pipe) {
    Thread sender =
        new Thread(
            () -> {
              ByteBuffer message = ByteBuffer.allocateDirect(SIZE);
              try (Pipe.Sink sink = pipe.sink()) {
                for (int i = 0; i < MESSAGES; i++) {
                  sink.write(message.clear());
                }
              } catch (IOException failed) {
                throw new IllegalStateException(failed);
              }
            });
    sender.start();
    return sender;
  }

  @Row(
      work = "64 bytes through a `Pipe`, Java to Java, two threads",
      against = "`write` and `read` on two threads",
      atMost = 1.11)
  public static class JavaToJava extends PythonBenchmark {
    public JavaToJava() {
      super(IGNORE);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long clutch() throws IOException, InterruptedException {
      try (Pipe pipe = Pipe.open()) {
        Thread sender = startSender(pipe);
        ByteBuffer message = ByteBuffer.allocateDirect(SIZE);
        long total = 0;
        for (int got; (got = pipe.source().read(message.clear())) > 0; ) {
          total += got;
        }
        sender.join();
        return total;
      }
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long plainC() {
      return Baseline.pipe(MESSAGES, SIZE);
    }
  }

  @Row(
      work = "the same, Java to Python's `os.read`",
      against = "the same, written by C",
      atMost = 1.43)
  public static class JavaToPython extends PythonBenchmark {
    public JavaToPython() {
      super(
          """
          from os import read
          def f(fd):
              total = 0
              while got := read(fd, 64):
                  total += len(got)
              return total
          """);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Object clutch() throws IOException, InterruptedException {
      try (Pipe pipe = Pipe.open()) {
        Thread sender = startSender(pipe);
        Object total = f.call(pipe.source().fd());
        sender.join();
        return total;
      }
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long plainC() {
      return Baseline.pipeToPython(MESSAGES);
    }
  }
}
