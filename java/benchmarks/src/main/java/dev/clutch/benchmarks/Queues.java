package dev.clutch.benchmarks;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Messages through an {@link InterpreterQueue}. */
public class Queues {
  private static final int MESSAGES = 1_000;
  private static final int ROUNDS = 10_000;

  @Row(
      work = "`putNowait` and `getNowait` of a `Long` from Java",
      against = "a queue in C: `malloc`, `memcpy`, a mutex",
      atMost = 4.0)
  public static class PutAndGet extends PythonBenchmark {
    private InterpreterQueue queue;

    public PutAndGet() {
      super(IGNORE);
    }

    @Override
    void prepare() {
      queue = InterpreterQueue.create();
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long clutch() {
      long sum = 0;
      for (long i = Values.FIRST; i < Values.FIRST + MESSAGES; i++) {
        queue.putNowait(i);
        sum += (Long) queue.getNowait();
      }
      return sum;
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long plainC() {
      return Baseline.putAndGet(MESSAGES, Values.FIRST);
    }
  }

  /** CPython's own queue is in the same interpreter. */
  @Row(
      work = "`put_nowait` and `get_nowait` of an int from Python",
      against = "the same with CPython's `concurrent.interpreters`",
      atMost = 0.66,
      since = 14)
  public static class InPython extends PythonBenchmark {
    public InPython() {
      super(
          """
          from concurrent.interpreters import create_queue
          import clutch
          values = tuple(range(1000, 2000))
          def f(queue):
              put, get = queue.put_nowait, queue.get_nowait
              for value in values:
                  put(value)
                  get()
          ours, theirs = clutch.Queue(), create_queue()
          """);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Object clutch() {
      return python.eval("f(ours)");
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Object plainPython() {
      return python.eval("f(theirs)");
    }
  }

  @Row(
      work = "a tuple to and fro between two interpreters on two threads",
      against = "two threads that attach, and wait at a condition in C",
      atMost = 1.5)
  public static class PingPong extends PythonBenchmark {
    private Interpreter other;

    public PingPong() {
      super(
          "def f(rounds):\n    for i in range(rounds):\n        to.put((i, 'ball'))\n        fro.get()");
    }

    @Override
    void prepare() {
      InterpreterQueue to = InterpreterQueue.create();
      InterpreterQueue fro = InterpreterQueue.create();
      other = Interpreters.create();
      for (Interpreter each : new Interpreter[] {python, other}) {
        each.prepareMain(Map.of("to", to, "fro", fro));
      }
    }

    @Override
    public void close() {
      super.close();
      other.close();
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Object clutch() throws InterruptedException {
      Thread back =
          new Thread(() -> other.run("for i in range(" + ROUNDS + "): fro.put(to.get())"));
      back.start();
      Object done = f.call(ROUNDS);
      back.join();
      return done;
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void plainC() {
      Baseline.pingPong(ROUNDS, other.id());
    }
  }
}
