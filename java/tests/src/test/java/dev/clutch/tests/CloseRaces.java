package dev.clutch.tests;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.PythonException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Everything that can be going on in an interpreter while others close it, on threads of their own.
 */
final class CloseRaces {
  private static final Duration GRACE = Duration.ofMillis(200);

  private final AtomicReference<Interpreter> victim = new AtomicReference<>(create());
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /** A program that exits in the middle of it; the argument says after how many milliseconds. */
  static final class ExitAmidst {
    private ExitAmidst() {}

    public static void main(String[] args) throws InterruptedException {
      new CloseRaces().start();
      Thread.sleep(Long.parseLong(args[0]));
      System.exit(5);
    }
  }

  private static Interpreter create() {
    Interpreter made =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder()
                .stdout(Output.lines(line -> {}))
                .stderr(Output.lines(line -> {}))
                .build());
    InterpreterQueue queue = InterpreterQueue.create(1);
    Function<Object, Object> back = value -> made.eval("len('abc')");
    Consumer<Object> sleep = value -> sleep();
    made.set("q", queue);
    made.set("back", back);
    made.set("sleep", sleep);
    made.run("import clutch, _thread, time\nrecv, send = clutch.channel()");
    return made;
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the threads, which are daemons. */
  @SuppressWarnings("try") // an attachment is there to be closed
  void start() {
    loop(interpreter -> interpreter.run("x = [i for i in range(100)]\nsleep(1)"));
    loop(interpreter -> interpreter.call("back", 1));
    loop(interpreter -> interpreter.eval("recv.receive()"));
    loop(interpreter -> interpreter.eval("q.get()"));
    loop(interpreter -> interpreter.eval("send.send(1)"));
    loop(
        interpreter -> {
          try (Attachment attached = interpreter.attach()) {
            interpreter.call("len", "four");
            interpreter.call("back", 1);
          }
        });
    loop(interpreter -> interpreter.withTimeout(Duration.ofMillis(5)).eval("time.sleep(1)"));
    loop(interpreter -> interpreter.eval("_thread.start_new_thread(time.sleep, (0.001,))"));
    loop(Interpreter::interrupt);
    loop(Interpreter::close);
    loop(Interpreter::close);
    loop(interpreter -> interpreter.close(GRACE));
    loop(interpreter -> Interpreters.listAll().forEach(Interpreter::isRunning));
    loop(this::replaceIfClosed);
    Thread interrupts = new Thread(this::interruptThreads, "race-interrupts");
    interrupts.setDaemon(true);
    threads.forEach(Thread::start);
    interrupts.start();
  }

  private void interruptQuietly() {
    try {
      victim.get().interrupt();
    } catch (InterpreterClosedException meanwhile) {
      // the next one is interrupted
    }
  }

  /** Ends the threads; whoever watches says when that takes too long. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread each : threads) {
      while (each.isAlive()) {
        interruptQuietly();
        each.interrupt();
        each.join(20);
      }
    }
    while (!victim.get().isClosed()) {
      closeQuietly();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private void closeQuietly() {
    try {
      victim.get().close(GRACE);
    } catch (InterpreterBusyException again) {
      // its threads need a while
    }
  }

  private void replaceIfClosed(Interpreter interpreter) {
    sleep();
    if (interpreter.isClosed()) {
      victim.set(create());
    }
  }

  private void loop(Consumer<Interpreter> work) {
    Thread thread = new Thread(() -> work(work), "race-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
  }

  private void work(Consumer<Interpreter> work) {
    while (!over) {
      try {
        work.accept(victim.get());
      } catch (InterpreterClosedException | InterpreterBusyException | PythonException expected) {
        sleep(); // and the next turn may find another one
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
      Thread.interrupted(); // clears it
    }
  }

  private void interruptThreads() {
    for (int i = 0; !over; i++) {
      threads.get(i % (threads.size() - 1)).interrupt(); // not the one that makes interpreters
      sleep();
    }
  }
}
