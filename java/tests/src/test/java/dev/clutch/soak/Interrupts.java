package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Running code is interrupted at any moment, by the interpreter or by its thread. */
final class Interrupts extends Work {
  private static final List<String> ENDLESS =
      List.of(
          "sum(1 for n in itertools.count())",
          "[n for n in itertools.count() if n < 0]",
          "time.sleep(1e9)",
          "clutch.Queue().get()",
          "ends[0].receive()",
          "clutch.SharedBuffer(8).wait(0, 0)",
          "sorted(range(1000), key=lambda n: time.sleep(1e9))",
          "deep(100)");

  private static final List<String> ENDING =
      List.of("sum(n for n in range(1000))", "len(json.dumps(numbers)) and 499500");

  private static final int STEPS_PER_INTERPRETER = 100;

  private @Nullable Interpreter python;
  private int steps;

  @Override
  void step() throws Exception {
    Interpreter used = furnished();
    boolean endless = random.nextBoolean();
    List<String> codes = endless ? ENDLESS : ENDING;
    String code = codes.get(random.nextInt(codes.size()));
    Background<@Nullable Object> running = Background.start(() -> used.eval(code));
    pause(endless ? 5_000 : 500);
    boolean thread = random.nextBoolean();
    do {
      interrupt(used, running, thread);
      pause(1_000);
    } while (endless && !running.isDone());
    Throwable thrown = running.failure();
    if (thrown == null) {
      assertThat(endless).as(code).isFalse();
      assertThat(running.get()).isEqualTo(499_500L);
    } else {
      assertThat(thrown).as(code).isInstanceOf(PythonInterruptedException.class);
    }
    assertThat(used.eval("6 * 7")).isEqualTo(42L);
  }

  private static void interrupt(Interpreter python, Background<?> running, boolean thread) {
    if (thread) {
      running.interrupt();
    } else {
      python.interrupt();
    }
  }

  private Interpreter furnished() {
    Interpreter kept = python;
    if (kept == null || ++steps % STEPS_PER_INTERPRETER == 0) {
      close();
      python = kept = Interpreters.create();
      kept.run(
          """
          import clutch, itertools, json, time
          ends = clutch.channel()
          numbers = list(range(1000))
          def deep(n):
              try:
                  return deep(n - 1) if n else time.sleep(1e9)
              finally:
                  n = 0
          """);
    }
    return kept;
  }

  @Override
  public void close() {
    if (python != null) {
      python.close(Duration.ofSeconds(30));
    }
  }
}
