package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import java.util.function.Function;

/** Threads that stay attached, one after the other and in each other's way. */
final class Attachments extends Work {
  private final Interpreter python = Interpreters.create();
  private final Interpreter other = Interpreters.create();
  private final PyFunction add;

  Attachments() {
    python.run("def add(x, y): return x + y");
    add = python.function("add");
  }

  @Override
  void step() throws Exception {
    Background<?> rival = Background.run(this::attachAndCall);
    attachAndCall();
    assertThat(python.eval("add('a', 'b')")).isEqualTo("ab");
    rival.get();
  }

  private void attachAndCall() {
    Function<Long, Object> elsewhere = n -> other.call("abs", -n);
    try (Attachment attachment = python.attach()) {
      assertThat(attachment).isNotNull();
      for (long i = 0; i < 300; i++) {
        assertThat(add.call(i, 1L)).isEqualTo(i + 1);
      }
      try (Attachment nested = python.attach()) {
        assertThat(nested).isNotNull();
        python.set("elsewhere", elsewhere);
        assertThat(python.eval("add(elsewhere(5), 1)")).isEqualTo(6L);
      }
    }
  }

  @Override
  public void close() {
    add.close();
    python.close();
    other.close();
  }
}
