package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Interpreters that are interrupted and closed by other threads while several use them. */
final class Victims extends Work {
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int USERS = 3;
  private static final int USES = 200;
  private static final Function<Long, Object> CALLBACK = n -> n + 1;

  @Override
  void step() throws Exception {
    AtomicReference<Interpreter> victim = new AtomicReference<>(furnished());
    List<Background<?>> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      int number = i;
      users.add(Background.run(() -> use(victim, number)));
    }
    while (users.stream().anyMatch(each -> !each.isDone())) {
      pause(5_000);
      disturb(victim);
    }
    for (Background<?> user : users) {
      user.get();
    }
    victim.get().close(GRACE);
  }

  private static Interpreter furnished() {
    Interpreter made = Interpreters.create();
    made.set("callback", CALLBACK);
    made.run("def f(n): return callback(n) + 1\nitems = list(range(10))");
    return made;
  }

  private void disturb(AtomicReference<Interpreter> victim) throws Exception {
    Interpreter old = victim.get();
    if (random.nextBoolean()) {
      old.interrupt();
      return;
    }
    Background<?> rival = Background.run(() -> old.close(GRACE));
    old.close(GRACE);
    rival.get();
    assertThat(old.isClosed()).isTrue();
    victim.set(furnished());
  }

  private void use(AtomicReference<Interpreter> victim, int number) {
    for (long i = 0; i < USES; i++) {
      try {
        use(victim.get(), (int) (i + number) % 5, i);
        progress(1);
      } catch (InterpreterClosedException
          | InterpreterBusyException
          | PythonInterruptedException expected) {
        // what the disturber may cause, and nothing else
      }
    }
  }

  private static void use(Interpreter python, int way, long i) {
    switch (way) {
      case 0 -> assertThat(python.call("f", i)).isEqualTo(i + 2);
      case 1 -> python.run("for n in range(1000): pass");
      case 2 -> assertThat(python.get("callback")).isSameAs(CALLBACK);
      case 3 -> {
        try (PyFunction function = python.function("f")) {
          assertThat(function.call(i)).isEqualTo(i + 2);
        }
      }
      default -> {
        try (PyObject items = python.eval("items", PyObject.class)) {
          assertThat(items.stream().count()).isEqualTo(10);
        }
      }
    }
  }
}
