package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Attachment;
import dev.clutch.Interpreter;
import dev.clutch.PythonException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A thread that keeps an interpreter attached runs callbacks, and attaches in them. */
class AttachmentCallbackTest extends AttachmentFixture {
  @Test
  void theGilIsGivenUpInACallback() throws Exception {
    Function<Object, Object> askAnother = x -> elsewhere(() -> python.eval("1 + " + x)).join();
    try (Attachment scope = python.attach()) {
      assertThat(scope).isNotNull();
      assertThat(python.call("call", askAnother, 4)).isEqualTo(5L);
      assertThat(python.eval("6")).isEqualTo(6L);
    }
  }

  @Test
  void scopesAreOpenedInCallbacks() {
    Function<Object, Object> attaches =
        x -> {
          try (Attachment inner = python.attach()) {
            assertThat(inner).isNotNull();
            return python.eval("1 + " + x);
          }
        };
    Function<Object, Object> attachesOther =
        x -> {
          try (Attachment inner = other.attach()) {
            assertThat(inner).isNotNull();
            return other.eval("1 + " + x);
          }
        };
    for (Function<Object, Object> callback : List.of(attaches, attachesOther)) {
      assertThat(python.call("call", callback, 1)).isEqualTo(2L);
      try (Attachment outer = python.attach()) {
        assertThat(outer).isNotNull();
        assertThat(python.call("call", callback, 1)).isEqualTo(2L);
        assertThat(python.eval("7")).isEqualTo(7L);
      }
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
    assertThat(elsewhere(() -> other.eval("3")).join()).isEqualTo(3L);
  }

  @Test
  void callsNestThroughTwoAttachedInterpreters() {
    class Down implements Function<Object, Object> {
      @Override
      public Object apply(Object n) {
        Interpreter next = (Long) n % 2 == 0 ? python : other;
        if ((Long) n == 0) {
          return 0;
        }
        try (Attachment scope = next.attach()) {
          assertThat(scope).isNotNull();
          return 1 + (Long) next.call("call", this, (Long) n - 1);
        }
      }
    }
    assertThat(python.call("call", new Down(), 30)).isEqualTo(30L);
  }

  @Test
  void oneForgottenInACallbackIsAnExceptionInPython() throws Exception {
    for (Interpreter attached : List.of(python, other)) {
      Function<Object, Object> forgets = x -> attached.attach() == null ? 0 : 1;
      assertThatThrownBy(() -> python.call("call", forgets, 1))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("JavaException")
          .hasMessageContaining("Attachment");
      assertThat(python.eval("2")).isEqualTo(2L);
      assertThat(elsewhere(() -> attached.eval("3")).get(10, TimeUnit.SECONDS)).isEqualTo(3L);
      python.run(
          "import clutch\ndef catches(f):\n  try: f(1)\n  except clutch.JavaException: return 5");
      assertThat(python.call("catches", forgets)).isEqualTo(5L);
    }
  }

  @Test
  void theOneOutsideStaysWhenOneIsForgottenInACallback() throws Exception {
    Function<Object, Object> forgets =
        x -> {
          python.attach();
          return python.attach() == null ? 0 : 1;
        };
    try (Attachment outer = python.attach()) {
      assertThat(outer).isNotNull();
      assertThatThrownBy(() -> python.call("call", forgets, 1)).isInstanceOf(PythonException.class);
      assertThat(python.eval("2")).isEqualTo(2L);
      CompletableFuture<Object> waiting = elsewhere(() -> python.eval("3"));
      assertThatThrownBy(() -> waiting.get(PATIENCE_MILLIS / 3, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    }
    assertThat(elsewhere(() -> python.eval("4")).get(10, TimeUnit.SECONDS)).isEqualTo(4L);
  }

  @Test
  void aCallbackCannotCloseTheScopeOutside() {
    AtomicReference<Attachment> outside = new AtomicReference<>();
    Function<Object, Object> closes =
        x -> {
          outside.get().close();
          return 1;
        };
    Throwable thrown;
    try (Attachment scope = python.attach()) {
      outside.set(scope);
      thrown = catchThrowable(() -> python.call("call", closes, 1));
      assertThat(python.eval("2")).isEqualTo(2L);
    }
    assertThat(elsewhere(() -> python.eval("3")).join()).isEqualTo(3L);
    assertThat(thrown).hasCauseInstanceOf(IllegalStateException.class);
  }
}
