package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;

/** Interpreters are closed while threads of Python's run in them, and wait, and call Java. */
final class PythonThreads extends Work {
  private static final String CODE =
      """
      import clutch, itertools, threading, time
      ended = []

      def until_interrupted(work):
          try:
              started.put(1)
              for n in itertools.count():
                  work()
          except (clutch.Interrupted, clutch.QueueClosed):
              pass
          finally:
              ended.append(1)

      works = [
          lambda: None,
          lambda: time.sleep(1e9),
          lambda: never.get(),
          lambda: callback(),
          lambda: [n for n in range(10_000)],
      ]
      # what is not caught, as an interrupt that comes before the try, is nobody's business
      threading.excepthook = lambda args: None
      for each in works:
          threading.Thread(target=until_interrupted, args=(each,)).start()
      """;

  @Override
  void step() throws Exception {
    InterpreterQueue started = InterpreterQueue.create();
    InterpreterQueue never = InterpreterQueue.create();
    Interpreter python = Interpreters.create();
    python.set("started", started);
    python.set("never", never);
    python.set("callback", (Runnable) Thread::yield);
    python.run(CODE);
    for (int i = 0; i < 5; i++) {
      started.get();
    }
    Background<?> user = Background.run(() -> useUntilClosed(python));
    pause(5_000);
    refuseToClose(python);
    python.close(Duration.ofSeconds(30));
    assertThat(python.isClosed()).isTrue();
    user.get();
  }

  private static void refuseToClose(Interpreter python) {
    try {
      python.close();
      throw new AssertionError("it was closed while threads ran in it");
    } catch (InterpreterBusyException expected) {
      assertThat(python.isClosed()).isFalse();
    }
  }

  private static void useUntilClosed(Interpreter python) {
    while (true) {
      try {
        assertThat(python.eval("sum(n for n in range(1000))")).isEqualTo(499_500L);
      } catch (PythonInterruptedException closing) {
        // soon
      } catch (InterpreterClosedException closed) {
        return;
      }
    }
  }
}
