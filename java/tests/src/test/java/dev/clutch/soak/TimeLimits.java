package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.PythonTimeoutException;
import java.time.Duration;
import java.util.List;

/** Calls end when their time is over, whatever the code does; also a C call that keeps the GIL. */
final class TimeLimits extends Work {
  private static final List<String> ENDLESS =
      List.of(
          "while True: pass",
          "time.sleep(1e9)",
          "clutch.Queue().get()",
          "while True: f()",
          "sum(1 for n in itertools.count())");

  /** For a tenth of a second or more. */
  private static final String C_CALL = "pow(7, 1_000_000); 0";

  private Interpreter python = furnished();

  private static Interpreter furnished() {
    Interpreter made = Interpreters.create();
    made.run("import clutch, itertools, time\ndef f(): return 42");
    return made;
  }

  @Override
  void step() throws Exception {
    assertThat(python.withTimeout(Duration.ofSeconds(100)).call("f")).isEqualTo(42L);
    boolean inC = random.nextInt(10) == 0;
    String code = inC ? C_CALL : ENDLESS.get(random.nextInt(ENDLESS.size()));
    Duration limit = Duration.ofMillis(random.nextInt(30));
    Throwable over = catchThrowable(() -> python.withTimeout(limit).run(code));
    if (over != null || !inC) { // a C call that returned just then has ended the code
      assertThat(over).as(code).isInstanceOf(PythonTimeoutException.class);
    }
    awaitUsable();
  }

  /** The code may go on for a moment; in C, it is unresponsive for a while, and is closed then. */
  private void awaitUsable() throws InterruptedException {
    while (true) {
      try {
        python.run("result = f()");
        assertThat(python.get("result")).isEqualTo(42L);
        return;
      } catch (InterpreterBusyException goesOn) {
        Thread.sleep(5);
      } catch (InterpreterClosedException closed) {
        python = furnished();
      }
    }
  }

  @Override
  public void close() {
    python.close(Duration.ofSeconds(30));
  }
}
