package dev.clutch.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Handles;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterClosedException;
import dev.clutch.Interpreters;
import dev.clutch.PyObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/**
 * Responses of interpreters that were closed when Python had answered, but Java not yet read it.
 */
class ClosedMeanwhileTest {
  private final Interpreter closed = Interpreters.create();
  private final long handle = Handles.of(closed);

  private Object read(char tag, long... numbers) {
    ByteBuffer response = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).put((byte) tag);
    for (long number : numbers) {
      response.putLong(number);
    }
    return Decoder.decode(response.flip(), handle);
  }

  @Test
  void anObjectIsOneOfAClosedInterpreter() {
    closed.close();
    PyObject object = (PyObject) read('o', 1, 1);
    assertThat(object.interpreter()).isSameAs(closed);
    assertThatThrownBy(object::str).isInstanceOf(InterpreterClosedException.class);
    object.close();
  }

  /** Python gave it up with the interpreter; null would be a wrong answer. */
  @Test
  void aJavaObjectIsRefused() {
    long held = JavaObjects.add(handle, "held");
    closed.close();
    assertThatThrownBy(() -> read('L', held))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.CLOSED));
  }
}
