package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.PythonException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A million messages through a queue, and a channel, while those who wait there come and go. */
@Timeout(120)
class MessageLossTest {
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int SENDERS = 4;
  private static final int EACH = 250_000;
  private static final int LARGER_EVERY = 500;

  /** Loops of C's: nothing can be raised between taking and the list, or putting and the list. */
  private static final String PYTHON =
      """
      larger = bytes(10_000)
      received, accepted = [], []

      def message(number):
          return number if number % every else [number, larger]

      def receive():
          try:
              received.extend(iter(get, None))
          except ended:
              pass
          reports.put([each if type(each) is int else each[0] for each in received])

      def send(sender, count):
          first = sender << 32
          try:
              accepted.extend(map(put, map(message, range(first, first + count))))
          except ended:
              pass
          sent.put([sender, len(accepted)])
      """;

  private static final String QUEUE =
      """
      import clutch
      put, get = way.put, way.get
      ended = clutch.QueueClosed, clutch.Interrupted
      """;

  private static final String CHANNEL =
      """
      import clutch
      put, get = way[0].send, way[1].receive
      ended = clutch.ChannelClosed, clutch.Interrupted, EOFError
      """;

  /** What the messages go through; `python` makes put, get and ended of `way`. */
  private record Way(Object way, String python, Put put, Get get, Runnable close) {}

  /** May wait. */
  @FunctionalInterface
  private interface Put {
    void accept(Object message) throws InterruptedException;
  }

  /** May wait. */
  @FunctionalInterface
  private interface Get {
    Object next() throws InterruptedException;
  }

  private Way way;
  private final InterpreterQueue reports = InterpreterQueue.create();
  private final InterpreterQueue sent = InterpreterQueue.create();
  private final List<Thread> interruptible = new CopyOnWriteArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger briefSenders = new AtomicInteger(SENDERS);

  @Test
  void whatPutAcceptedIsGotOnceAndInOrder() throws Exception {
    InterpreterQueue queue = InterpreterQueue.create(3);
    run(new Way(queue, QUEUE, queue::put, queue::get, queue::close));
  }

  @Test
  void whatSendAcceptedIsReceivedOnceAndInOrder() throws Exception {
    try (Channel channel = Channel.open(4096)) {
      Channel.SendEnd to = channel.sendEnd();
      Channel.ReceiveEnd from = channel.receiveEnd();
      run(new Way(new Object[] {to, from}, CHANNEL, to::send, from::receive, to::close));
    }
  }

  private void run(Way through) throws Exception {
    way = through;
    ExecutorService executor = Executors.newCachedThreadPool();
    List<Future<?>> senders = new ArrayList<>();
    List<Future<?>> receivers = new ArrayList<>();
    List<Future<?>> disturbers = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      int sender = i;
      senders.add(executor.submit(() -> send(sender)));
      receivers.add(executor.submit(i % 2 == 0 ? this::receiveInJava : this::receiveInPython));
    }
    disturbers.add(executor.submit(this::interruptAtRandom));
    for (int i = 0; i < 3; i++) {
      disturbers.add(executor.submit(this::briefInterpreters));
    }
    awaitAll(senders);
    over.set(true);
    awaitAll(disturbers);
    way.close.run();
    awaitAll(receivers);
    executor.shutdown();
    checkReports();
  }

  private static void awaitAll(List<Future<?>> all) throws Exception {
    for (Future<?> each : all) {
      each.get();
    }
  }

  private void send(int sender) {
    if (sender % 2 == 0) {
      inPython("send(" + sender + ", " + EACH + ")");
    } else {
      sendFromJava(sender);
      sent.putNowait(List.of(sender, EACH));
    }
  }

  private void receiveInPython() {
    inPython("receive()");
  }

  private void inPython(String code) {
    try (Interpreter made = furnished()) {
      made.run(code);
    }
  }

  private Interpreter furnished() {
    Interpreter made = Interpreters.create();
    made.prepareMain(
        Map.of("way", way.way, "reports", reports, "sent", sent, "every", LARGER_EVERY));
    made.run(way.python + PYTHON);
    return made;
  }

  private void sendFromJava(int sender) {
    interruptible.add(Thread.currentThread());
    byte[] larger = new byte[10_000];
    long first = (long) sender << 32;
    for (int i = 0; i < EACH; ) {
      long number = first + i;
      try {
        way.put.accept(number % LARGER_EVERY == 0 ? List.of(number, larger) : (Object) number);
        i++;
      } catch (InterruptedException notPut) {
        // once more
      }
    }
    interruptible.remove(Thread.currentThread());
  }

  private void receiveInJava() {
    interruptible.add(Thread.currentThread());
    List<Long> received = new ArrayList<>();
    while (true) {
      try {
        Object got = way.get.next();
        received.add((Long) (got instanceof List<?> larger ? larger.get(0) : got));
      } catch (InterruptedException nothingGot) {
        // once more
      } catch (InterpreterQueue.Closed | Channel.End end) {
        break;
      }
    }
    interruptible.remove(Thread.currentThread());
    Thread.interrupted();
    reports.putNowait(received);
  }

  private void interruptAtRandom() {
    Random random = new Random(1);
    while (!over.get()) {
      LockSupport.parkNanos(random.nextInt(500_000));
      interruptible.stream().skip(random.nextInt(4)).findFirst().ifPresent(Thread::interrupt);
    }
  }

  /** They send or receive until they are closed, waiting most of the time. */
  private Void briefInterpreters() throws InterruptedException {
    for (boolean sends = true; !over.get(); sends = !sends) {
      Interpreter brief = furnished();
      String code = sends ? "send(" + briefSenders.getAndIncrement() + ", 10**9)" : "receive()";
      Thread running = new Thread(() -> runUntilClosed(brief, code));
      running.start();
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(10_000_000));
      brief.close(GRACE);
      running.join();
    }
    return null;
  }

  /** The interrupt may hit the end of the code, where nothing catches it. */
  private static void runUntilClosed(Interpreter brief, String code) {
    try {
      brief.run(code);
    } catch (PythonException | InterpreterException closed) {
      // as it should be
    }
  }

  // -- what arrived --

  private void checkReports() {
    Map<Integer, BitSet> arrived = new HashMap<>();
    int brief = 0;
    while (reports.poll() instanceof List<?> received) {
      checkOrder(received, arrived);
    }
    while (sent.poll() instanceof List<?> report) {
      int sender = ((Number) report.get(0)).intValue();
      int accepted = ((Number) report.get(1)).intValue();
      BitSet numbers = arrived.computeIfAbsent(sender, unused -> new BitSet());
      assertThat(numbers.cardinality()).as("messages of %s", sender).isEqualTo(accepted);
      assertThat(numbers.length()).as("the last of %s", sender).isEqualTo(accepted);
      arrived.remove(sender);
      brief += sender < SENDERS ? 0 : 1;
    }
    assertThat(arrived).as("senders that did not report").isEmpty();
    assertThat(brief).as("senders that were closed").isPositive();
  }

  private static void checkOrder(List<?> received, Map<Integer, BitSet> arrived) {
    Map<Integer, Integer> last = new HashMap<>();
    for (Object each : received) {
      int sender = (int) ((Long) each >> 32);
      int number = ((Long) each).intValue();
      BitSet numbers = arrived.computeIfAbsent(sender, unused -> new BitSet());
      if (numbers.get(number) || last.getOrDefault(sender, -1) >= number) {
        throw new AssertionError(sender + " sent " + number + " again, or too late");
      }
      numbers.set(number);
      last.put(sender, number);
    }
  }

  // -- memory --

  /** With a Java heap that is as large from the start as it may become. */
  @Test
  void nothingIsLeftOfAHundredThousandMessages(@TempDir Path folder) throws Exception {
    ChildJvm.Ended ended =
        new ChildJvm(Leaks.class, folder)
            .option("-Xms64m")
            .option("-Xmx64m")
            .option("-XX:+AlwaysPreTouch")
            .option("-XX:+UseSerialGC")
            .run()
            .withStatus(0);
    assertThat(Long.parseLong(ended.out().strip())).as("KiB").isLessThan(16 * 1024);
  }

  /** Prints by how many KiB the process grew. */
  static final class Leaks {
    private static final String CODE =
        """
        import clutch, fractions
        text = "x" * 2000
        large = "x" * 20_000
        full = clutch.Queue(1)
        full.put(1)
        def attempt(call, *args):
            try:
                call(*args)
            except (clutch.NotShareableError, clutch.QueueFull, RuntimeError):
                pass
        class Failing:
            def __reduce__(self): raise ValueError(text)
        def work():
            inner = clutch.Queue()
            inner.put([text, clutch.Queue()])
            for value in [1j, text], {"k": (inner, inner)}, memoryview(b"abc"), fractions.Fraction(1, 3):
                q.put(value)
                q.get()
            for value in [inner, text, print], [inner, large, Failing()], Failing():
                attempt(q.put, value)
            attempt(full.put_nowait, [inner, 1j, text])
            attempt(full.put, [inner, 1j, text], True, 1e-9)
        """;

    private Leaks() {}

    public static void main(String[] args) throws Exception {
      InterpreterQueue queue = InterpreterQueue.create();
      try (Interpreter python = Interpreters.create()) {
        python.set("q", queue);
        python.run(CODE);
        work(python, queue, 5_000);
        long before = residentKib();
        work(python, queue, 15_000);
        System.out.println(residentKib() - before);
      }
    }

    private static void work(Interpreter python, InterpreterQueue queue, int rounds)
        throws Exception {
      String text = "y".repeat(2_000);
      for (int i = 0; i < rounds; i++) {
        python.call("work");
        InterpreterQueue dropped = InterpreterQueue.create(1);
        dropped.putNowait(List.of(queue, text));
        dropped.offer(List.of(dropped, text));
        assertThatThrownBy(() -> queue.put(List.of(dropped, text, new Object())))
            .isInstanceOf(NotShareableException.class);
        queue.put(List.of(dropped, ByteBuffer.allocate(100)));
        assertThat(queue.peek()).isNotNull();
        assertThat(queue.iterator()).hasNext();
        assertThat(queue.get()).isNotNull();
        assertThat(queue.poll(1, TimeUnit.NANOSECONDS)).isNull();
      }
    }

    private static long residentKib() throws Exception {
      for (int i = 0; i < 5; i++) {
        System.gc();
        Thread.sleep(100);
      }
      return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4;
    }
  }
}
