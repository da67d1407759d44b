package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing races with all that can be going on; a watchdog proves that nobody waits for ever. */
@Tag("stress")
class CloseRaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int SECONDS = Integer.getInteger("clutch.race.seconds", 4);

  @Test
  void closeRacesWithEverything() throws Exception {
    CloseRaces races = new CloseRaces();
    Watchdog.watch(
        PATIENCE.plusSeconds(SECONDS),
        () -> {
          races.start();
          Thread.sleep(SECONDS * 1000L);
          races.stop();
        });
    try (Interpreter after = Interpreters.create()) {
      assertThat(after.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 200, 600})
  void soDoesTheEndOfTheJvm(int milliseconds, @TempDir Path folder) throws Exception {
    new ChildJvm(CloseRaces.ExitAmidst.class, folder)
        .run(String.valueOf(milliseconds))
        .withStatus(5);
  }

  /** The one who waits is interrupted, and the other closes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "q.get()",
        "recv.receive()",
        "clutch.select([recv])",
        "call()",
        "[0 for _ in iter(int, 1)]",
        "time.sleep(1000)",
        "__import__('asyncio').run(later())",
      })
  void twoClosesWithGraceOfOneThatWaitsEndIt(String wait) throws Exception {
    ExecutorService executor = Executors.newCachedThreadPool();
    Interpreter interpreter = Interpreters.create();
    CountDownLatch inside = new CountDownLatch(1);
    interpreter.set("q", InterpreterQueue.create());
    interpreter.set("inside", (Runnable) inside::countDown);
    interpreter.set("call", (Runnable) () -> interpreter.eval("q.get()"));
    interpreter.run(
        "import clutch, time\nrecv, send = clutch.channel()\n"
            + "async def later(): await recv.receive_async()\n");
    Watchdog.watch(
        PATIENCE,
        () -> {
          Future<?> waiting = executor.submit(() -> interpreter.eval("(inside(), " + wait + ")"));
          inside.await();
          List<Future<?>> closes =
              List.of(
                  executor.submit(() -> interpreter.close(Duration.ofSeconds(100))),
                  executor.submit(() -> interpreter.close(Duration.ofSeconds(100))));
          for (Future<?> each : closes) {
            each.get();
          }
          assertThat(interpreter.isClosed()).isTrue();
          assertThat(waiting)
              .failsWithin(PATIENCE)
              .withThrowableThat()
              .havingRootCause()
              .isInstanceOfAny(PythonException.class, InterpreterClosedException.class);
        });
    executor.shutdown();
  }

  /** Each callback closes the interpreter of the other, which is in use: nobody waits for that. */
  @Test
  void closesFromCallbacksOfEachOtherAreRefused() throws Exception {
    Interpreter one = Interpreters.create();
    Interpreter other = Interpreters.create();
    CountDownLatch bothInside = new CountDownLatch(2);
    one.set("close", closing(other, bothInside));
    other.set("close", closing(one, bothInside));
    ExecutorService executor = Executors.newCachedThreadPool();
    CountDownLatch bothRefused = new CountDownLatch(2);
    one.set("wait", (Runnable) () -> meet(bothRefused));
    other.set("wait", (Runnable) () -> meet(bothRefused));
    Watchdog.watch(
        PATIENCE,
        () -> {
          Future<?> first = executor.submit(() -> one.run("close()\nwait()"));
          Future<?> second = executor.submit(() -> other.run("close()\nwait()"));
          first.get();
          second.get();
          one.close();
          other.close();
        });
    executor.shutdown();
  }

  private static Runnable closing(Interpreter interpreter, CountDownLatch bothInside) {
    return () -> {
      meet(bothInside);
      try {
        interpreter.close();
        throw new AssertionError("it was in use");
      } catch (InterpreterBusyException expected) {
        // the other one says the same
      }
    };
  }

  private static void meet(CountDownLatch latch) {
    latch.countDown();
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
