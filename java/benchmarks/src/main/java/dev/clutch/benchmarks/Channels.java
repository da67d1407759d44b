package dev.clutch.benchmarks;

import dev.clutch.Channel;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Large messages through a channel, from one thread to another. */
public class Channels {
  private static final int MESSAGES = 200;
  private static final int SIZE = 1 << 20;

  /** Closes its end when all are sent. */
  private static Thread startSender(Channel channel) {
    Thread sender =
        new Thread(
            () -> {
              byte[] message = new byte[SIZE];
              try (Channel.SendEnd end = channel.sendEnd()) {
                for (int i = 0; i < MESSAGES; i++) {
                  end.send(message);
                }
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
            });
    sender.start();
    return sender;
  }

  @Row(
      work = "1 MiB of `byte[]` through a `Channel`, Java to Java, two threads",
      against = "`write` and `read` of 1 MiB on two threads, a pipe of the same capacity",
      atMost = 1.43)
  public static class JavaToJava extends PythonBenchmark {
    public JavaToJava() {
      super(IGNORE);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long clutch() throws IOException, InterruptedException {
      try (Channel channel = Channel.open()) {
        Thread sender = startSender(channel);
        long total = 0;
        for (Object message : channel.receiveEnd()) {
          total += ((byte[]) message).length;
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

  @Row(work = "the same, Java to Python", against = "the same", atMost = 1.43)
  public static class JavaToPython extends PythonBenchmark {
    public JavaToPython() {
      super("def f(end): return sum(map(len, end))");
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Object clutch() throws IOException, InterruptedException {
      try (Channel channel = Channel.open()) {
        Thread sender = startSender(channel);
        Object total = f.call(channel.receiveEnd());
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
}
