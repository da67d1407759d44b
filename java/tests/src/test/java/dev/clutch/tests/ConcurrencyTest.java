package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, many interpreters. */
@Timeout(120)
@Tag("jni")
class ConcurrencyTest {
  private final ExecutorService executor = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void twoInterpretersAreInPythonCodeAtTheSameTime() throws Exception {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      // Each waits inside Python for a byte from the other: with one GIL, held in a busy loop,
      // neither would ever see it.
      one.run("import os\na_read, a_write = os.pipe()\nb_read, b_write = os.pipe()");
      other.prepareMain(Map.of("a_write", one.get("a_write"), "b_read", one.get("b_read")));
      String meet =
          "import os\n"
              + "os.write(%s, b'x')\n"
              + "os.set_blocking(%s, False)\n"
              + "while True:\n"
              + "    try:\n        os.read(%s, 1)\n        break\n"
              + "    except BlockingIOError: pass\n";
      List<Future<?>> both = new ArrayList<>();
      both.add(executor.submit(() -> one.run(meet.formatted("b_write", "a_read", "a_read"))));
      both.add(executor.submit(() -> other.run(meet.formatted("a_write", "b_read", "b_read"))));
      for (Future<?> each : both) {
        each.get(60, TimeUnit.SECONDS);
      }
      one.run("for fd in (a_read, a_write, b_read, b_write): os.close(fd)");
    }
  }

  @Test
  void severalThreadsCallIntoOneInterpreter() throws Exception {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.run(
          "import threading\nlock = threading.Lock()\ntotal = 0\n"
              + "def add(n):\n    global total\n    with lock: total += n\n    return n");
      inParallel(
          8,
          () -> {
            for (int i = 0; i < 2000; i++) {
              assertThat(interpreter.call("add", i)).isEqualTo((long) i);
            }
            return null;
          });
      assertThat(interpreter.get("total")).isEqualTo(8 * 1999L * 1000);
    }
  }

  @Test
  void oneThreadUsesManyInterpretersAndManyThreadsOne() throws Exception {
    List<Interpreter> interpreters = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      interpreters.add(Interpreters.create());
      interpreters.get(i).set("me", i);
    }
    inParallel(
        6,
        () -> {
          for (int round = 0; round < 300; round++) {
            Interpreter interpreter = interpreters.get(round % 10);
            assertThat(interpreter.get("me")).isEqualTo((long) (round % 10));
          }
          return null;
        });
    interpreters.forEach(Interpreter::close);
  }

  @Test
  void pythonSeesTheThreadThatCalls() throws Exception {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      String ident = "__import__('threading').get_ident()";
      Object here = one.eval(ident);
      assertThat(other.eval(ident)).isEqualTo(here);
      assertThat(executor.submit(() -> one.eval(ident)).get()).isNotEqualTo(here);
      one.run("import threading\nlocal = threading.local()\nlocal.x = 1");
      assertThat(one.eval("local.x")).isEqualTo(1L);
      assertThat(executor.submit(() -> one.eval("hasattr(local, 'x')")).get()).isEqualTo(false);
    }
  }

  @Test
  void threadsOfPythonMayCallJava() {
    try (Interpreter interpreter = Interpreters.create()) {
      interpreter.set(
          "twice",
          (Function<Object, Object>)
              x -> Thread.currentThread().isDaemon() ? (Long) x * 2 : "not a daemon");
      interpreter.run(
          "import threading\nresults = []\n"
              + "threads = [threading.Thread(target=lambda i=i: results.append(twice(i)))"
              + " for i in range(20)]\n"
              + "for t in threads: t.start()\n"
              + "for t in threads: t.join()");
      assertThat(interpreter.eval("sorted(results) == [2 * i for i in range(20)]")).isEqualTo(true);
    }
  }

  @Test
  void callbacksNestThroughSeveralInterpreters() {
    try (Interpreter one = Interpreters.create();
        Interpreter other = Interpreters.create()) {
      Function<Object, Object> down =
          n ->
              (Long) n == 0
                  ? 0L
                  : 1L + (Long) ((Long) n % 2 == 0 ? one : other).call("go", (Long) n - 1);
      for (Interpreter each : List.of(one, other)) {
        each.set("down", down);
        each.run("def go(n): return down(n)");
      }
      assertThat(one.call("go", 40)).isEqualTo(40L);
    }
  }

  @Test
  void theGilIsReleasedWhileJavaRuns() throws Exception {
    try (Interpreter interpreter = Interpreters.create()) {
      CyclicBarrier bothInJava = new CyclicBarrier(2);
      interpreter.set("meet", (Supplier<Object>) () -> await(bothInJava));
      inParallel(2, () -> interpreter.eval("meet()"));
    }
  }

  /** Some are single-phase on 3.12, where pure Python has to serve. */
  @Test
  void theSameModulesOfTheStandardLibraryWorkInSeveralInterpreters() throws Exception {
    for (int round = 0; round < 3; round++) {
      inParallel(
          2,
          () -> {
            try (Interpreter interpreter = Interpreters.create()) {
              interpreter.run(
                  "import asyncio, datetime, decimal, hashlib, json, lzma, sqlite3, ssl\n"
                      + "d = str(datetime.date(2024, 2, 29) + datetime.timedelta(1))\n"
                      + "e = str(decimal.Decimal('0.1') * 3)\n"
                      + "s = sqlite3.connect(':memory:').execute('select 1 + 1').fetchone()[0]");
              assertThat(interpreter.eval("[d, e, s]")).isEqualTo(List.of("2024-03-01", "0.3", 2L));
            }
            return null;
          });
    }
  }

  /**
   * One that is being made, or that closes meanwhile, is not taken for one that Python code made.
   */
  @Test
  void listAllTellsOursFromThoseOfPython() throws Exception {
    inParallel(
        3,
        () -> {
          for (int i = 0; i < 60; i++) {
            try (Interpreter interpreter = Interpreters.create()) {
              assertThat(Interpreters.listAll())
                  .contains(interpreter)
                  .allSatisfy(each -> assertThat(each.toString()).doesNotContain("Python"));
            }
          }
          return null;
        });
  }

  @Test
  void legacyAndIsolatedInterpretersRunSideBySide() throws Exception {
    List<Interpreter> interpreters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      interpreters.add(
          Interpreters.create(
              i % 2 == 0 ? InterpreterConfig.legacy() : InterpreterConfig.isolated()));
    }
    List<Future<?>> all = new ArrayList<>();
    for (Interpreter each : interpreters) {
      all.add(
          executor.submit(
              () -> each.run("import json\nfor i in range(20000): json.dumps([i, str(i)])")));
    }
    for (Future<?> each : all) {
      each.get();
    }
    interpreters.forEach(Interpreter::close);
  }

  private static Object await(CyclicBarrier barrier) {
    try {
      return barrier.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void inParallel(int threads, Callable<?> work) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(executor.submit(work));
    }
    for (Future<?> each : all) {
      each.get(100, TimeUnit.SECONDS);
    }
  }
}
