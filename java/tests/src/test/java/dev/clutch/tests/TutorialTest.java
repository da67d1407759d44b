package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.PythonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import net.razorvine.pickle.Pickler;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people first try with subinterpreters: the scenarios of tutorials, and of PEP 554. */
@Timeout(60)
class TutorialTest {
  private final ExecutorService executor = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void runStaysOnTheThreadThatCalls() {
    try (Interpreter interpreter = Interpreters.create()) {
      Object outside = Interpreters.getMain().eval("__import__('threading').get_ident()");
      interpreter.run("import threading\ninside = threading.get_ident()");
      assertThat(interpreter.get("inside")).isEqualTo(outside);
    }
  }

  /** Both have begun to sleep before either has slept: one waiting for the other would time out. */
  @Test
  void twoInterpretersSleepAtTheSameTime() throws Exception {
    CountDownLatch asleep = new CountDownLatch(2);
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      List<Future<?>> both = new ArrayList<>();
      for (Interpreter each : List.of(one, other)) {
        each.set("about_to_sleep", (Runnable) asleep::countDown);
        each.set("all_asleep", (Supplier<Object>) () -> asleep.getCount() == 0);
        both.add(
            executor.submit(
                () ->
                    each.run(
                        "import time\nabout_to_sleep()\n"
                            + "while not all_asleep(): time.sleep(0.01)")));
      }
      for (Future<?> each : both) {
        each.get();
      }
    }
  }

  @Test
  void whatOneImportedTheOtherDoesNotKnow() {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      one.run("import math");
      one.run("print_me = math.pi");
      assertThat(one.get("print_me")).isEqualTo(Math.PI);
      PythonException thrown =
          catchThrowableOfType(PythonException.class, () -> other.run("math.pi"));
      assertThat(thrown.typeName()).isEqualTo("NameError");
      assertThat(thrown.pythonMessage()).startsWith("name 'math' is not defined");
    }
  }

  @Test
  void aPickledObjectGoesThroughAPipeWhoseEndIsADescriptor() throws Exception {
    try (Interpreter sender = Interpreters.create();
        Interpreter receiver = Interpreters.create()) {
      sender.run("import os, pickle\nread_end, write_end = os.pipe()");
      receiver.set("read_end", sender.get("read_end"));
      sender.run("os.write(write_end, pickle.dumps({'answer': 42, 'text': 'caf\u00e9'}))");
      receiver.run("import os, pickle\ngot = pickle.loads(os.read(read_end, 1024))");
      assertThat(receiver.get("got")).isEqualTo(Map.of("answer", 42L, "text", "caf\u00e9"));
      sender.run("os.close(read_end)\nos.close(write_end)");
    }
  }

  @Test
  void javaPicklesForPythonAndBack() throws IOException {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("import pickle");
      interpreter.set("data", new Pickler().dumps(List.of(1, "two", 3.0)));
      interpreter.run("value = pickle.loads(data)\nback = pickle.dumps(value + [None])");
      assertThat(new Unpickler().loads((byte[]) interpreter.get("back")))
          .asInstanceOf(LIST)
          .containsExactly(1, "two", 3.0, null);
    }
  }

  @Test
  void pep554RunsIsolated() {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    InterpreterConfig config =
        InterpreterConfig.isolated().toBuilder().stdout(Output.lines(lines::add)).build();
    try (Interpreter interpreter = Interpreters.create(config)) {
      interpreter.run("print('before')");
      lines.add("during");
      interpreter.run("print('after')");
    }
    assertThat(lines).containsExactly("before", "during", "after");
  }

  @Test
  void pep554SetsUpOnceAndServesManyRequests() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run("handled = []\ndef handle(request):\n    handled.append(request)\n");
      for (int i = 0; i < 100; i++) {
        interpreter.set("request", "request " + i);
        interpreter.run("handle(request)");
      }
      assertThat(interpreter.eval("len(handled), handled[99]"))
          .asInstanceOf(LIST)
          .containsExactly(100L, "request 99");
    }
  }

  @Test
  void pep554CatchesTheTypeOfAnException() {
    try (Interpreter interpreter = Interpreters.create()) {
      assertThatThrownBy(() -> interpreter.run("raise KeyError"))
          .isInstanceOfSatisfying(
              PythonException.class, thrown -> assertThat(thrown.typeName()).isEqualTo("KeyError"));
      interpreter.run("still = 'usable'");
      assertThat(interpreter.get("still")).isEqualTo("usable");
    }
  }
}
