package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.InterpreterMemory;
import dev.clutch.Interpreters;
import dev.clutch.StackDump;
import java.util.List;

/** Somebody who looks at all interpreters all the time, whatever happens in them. */
final class Looks extends Work {
  @Override
  void step() throws Exception {
    List<Interpreter> all = Interpreters.listAll();
    assertThat(all.get(0)).isSameAs(Interpreters.getMain());
    for (Interpreter python : all) {
      try {
        look(python);
      } catch (InterpreterClosedException closed) {
        // by whoever made it
      }
      progress(1);
    }
    pause(20_000);
  }

  private void look(Interpreter python) {
    InterpreterMemory memory = python.memory();
    assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(0);
    if (memory.limitBytes() > 0) {
      assertThat(memory.bytes()).isLessThanOrEqualTo(memory.limitBytes());
    }
    if (random.nextBoolean()) {
      StackDump dump = python.dumpStack();
      assertThat(dump.threads()).allSatisfy(each -> assertThat(each.frames()).isNotEmpty());
    }
    assertThat(python.toString()).contains("Interpreter[id=" + python.id());
  }
}
