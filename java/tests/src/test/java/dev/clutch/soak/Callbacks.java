package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.JavaCallable;
import dev.clutch.PythonException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Java and Python call each other in turn, through two interpreters; exceptions go the way back.
 */
final class Callbacks extends Work {
  private final List<Interpreter> pythons = List.of(Interpreters.create(), Interpreters.create());

  Callbacks() {
    for (Interpreter python : pythons) {
      python.run(
          """
          def down(java, depth):
              return java(depth - 1) + 1 if depth else last()

          def caught(java):
              try:
                  java()
              except clutch.JavaException as e:
                  return e.java_class, e.java_message
          import clutch
          """);
    }
  }

  @Override
  void step() {
    int depth = 1 + random.nextInt(20);
    for (Interpreter python : pythons) {
      python.run("def last(): return 0");
    }
    assertThat(down(depth)).isEqualTo((long) depth);
    comeBackFromPython(depth);
    comeBackFromJava(depth);
    IOException thrown = new IOException("disk " + depth);
    JavaCallable throwing = (args, keywords) -> fail(thrown);
    assertThat(pythons.get(0).call("caught", throwing))
        .isEqualTo(List.of("java.io.IOException", "disk " + depth));
  }

  /** Each level in the other interpreter. */
  private Object down(long depth) {
    JavaCallable next = (args, keywords) -> down((Long) args.get(0));
    return pythons.get((int) depth % 2).call("down", next, depth);
  }

  private void comeBackFromPython(int depth) {
    pythons.get(0).run("def last(): raise KeyError('deep')");
    PythonException raised = catchThrowableOfType(PythonException.class, () -> down(depth));
    assertThat(causes(raised))
        .anyMatch(each -> each instanceof PythonException p && p.typeName().equals("KeyError"));
  }

  private void comeBackFromJava(int depth) {
    IllegalStateException thrown = new IllegalStateException("deep");
    JavaCallable last = (args, keywords) -> fail(thrown);
    pythons.get(0).set("last", last);
    PythonException raised = catchThrowableOfType(PythonException.class, () -> down(depth));
    assertThat(causes(raised)).contains(thrown);
  }

  private static Object fail(Exception thrown) throws Exception {
    throw thrown;
  }

  private static List<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, each -> each != null, Throwable::getCause).toList();
  }

  @Override
  public void close() {
    pythons.forEach(Interpreter::close);
  }
}
