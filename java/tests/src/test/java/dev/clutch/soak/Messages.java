package dev.clutch.soak;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Numbered messages from Java and from an interpreter to Java and to another interpreter, while the
 * threads and the interpreters are interrupted. Each must arrive once, and those of one sender in
 * their order.
 */
abstract class Messages extends Work {
  private static final int EACH = 1_000;

  /** In loops of C's, so that an interrupt finds each message in a list or not sent yet. */
  private static final String PYTHON =
      """
      import clutch
      received, accepted = [], []

      def numbered(number):
          return number if number % 100 else [number, bytes(10_000)]

      def begin(way):
          global put, get
          received.clear()
          accepted.clear()
          put, get = ends(way)

      def receive():
          try:
              received.extend(iter(get, None))
          except (clutch.QueueClosed, clutch.ChannelClosed, EOFError):
              pass

      def send(sender, count):
          first = sender << 32
          numbers = range(first + len(accepted), first + count)
          accepted.extend(map(put, map(numbered, numbers)))

      def arrived():
          return [each if type(each) is int else each[0] for each in received]
      """;

  /** The ways of Java. */
  interface Way {
    /** What {@code ends} of the Python code makes two functions of. */
    Object ends();

    void put(Object message) throws InterruptedException;

    Object get() throws InterruptedException;

    /** No more will be put. */
    void finish();

    /** Called when all is over. */
    void close();
  }

  private final Interpreter sender = Interpreters.create();
  private final Interpreter receiver = Interpreters.create();

  Messages(String ends) {
    for (Interpreter python : List.of(sender, receiver)) {
      python.run(PYTHON + ends);
    }
  }

  abstract Way open() throws Exception;

  @Override
  void step() throws Exception {
    Way way = open();
    sender.prepareMain(Map.of("way", way.ends()));
    receiver.prepareMain(Map.of("way", way.ends()));
    sender.run("begin(way)");
    receiver.run("begin(way)");
    List<Background<?>> senders =
        List.of(
            Background.run(() -> sendFromJava(way)),
            Background.run(() -> insist(sender, "send", 1, EACH)));
    Background<List<Long>> inJava = Background.start(() -> receiveInJava(way));
    Background<?> inPython = Background.run(() -> insist(receiver, "receive"));
    disturb(senders, inJava);
    for (Background<?> each : senders) {
      each.get();
    }
    way.finish();
    inPython.get();
    Arrivals arrivals = new Arrivals(2, EACH);
    arrivals.add(inJava.get());
    arrivals.add((List<?>) receiver.call("arrived"));
    arrivals.check(name());
    way.close();
    sender.run("put = get = way = None");
    receiver.run("put = get = way = None");
    progress(2 * EACH);
  }

  private void disturb(List<Background<?>> senders, Background<?> inJava) throws Exception {
    while (senders.stream().anyMatch(each -> !each.isDone())) {
      pause(2_000);
      switch (random.nextInt(4)) {
        case 0 -> senders.get(0).interrupt();
        case 1 -> inJava.interrupt();
        case 2 -> sender.interrupt();
        default -> receiver.interrupt();
      }
    }
  }

  /** What was interrupted goes on where it was. */
  private static void insist(Interpreter python, String function, Object... args) {
    while (true) {
      try {
        python.call(function, args);
        return;
      } catch (PythonInterruptedException again) {
        // nothing is lost
      }
    }
  }

  private static void sendFromJava(Way way) {
    for (long i = 0; i < EACH; ) {
      try {
        way.put(i % 100 == 0 ? List.of(i, new byte[10_000]) : (Object) i);
        i++;
      } catch (InterruptedException notPut) {
        // once more
      }
    }
  }

  private static List<Long> receiveInJava(Way way) {
    List<Long> received = new ArrayList<>();
    while (true) {
      try {
        Object got = way.get();
        received.add((Long) (got instanceof List<?> large ? large.get(0) : got));
      } catch (InterruptedException nothingGot) {
        // once more
      } catch (NoSuchElementException | IllegalStateException end) {
        return received;
      }
    }
  }

  @Override
  public void close() {
    sender.close();
    receiver.close();
  }
}
