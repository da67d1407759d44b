package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Which threads callbacks run on. */
class CallbackThreadsTest extends CallbackFixture {
  @Test
  void callbacksRunOnTheCallersThread() {
    AtomicReference<Thread> seen = new AtomicReference<>();
    python.set("f", (Runnable) () -> seen.set(Thread.currentThread()));
    python.eval("f()");
    assertThat(seen.get()).isSameAs(Thread.currentThread());
  }

  @Test
  void pythonThreadsCallBackAsDaemonsAndDetachWhenTheyEnd() throws Exception {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger calls = new AtomicInteger();
    python.set(
        "f",
        (Function<Object, Object>)
            x -> {
              seen.add(Thread.currentThread());
              calls.incrementAndGet();
              assertThat(Thread.currentThread().isDaemon()).isTrue();
              return python.eval("2 * " + x);
            });
    python.run(
        """
        import threading
        results = []
        def work(n):
            for i in range(20):
                results.append(f(n) == 2 * n)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(40)]
        for t in threads: t.start()
        for t in threads: t.join()
        """);
    assertThat(calls).hasValue(800);
    assertThat(python.eval("len(results) == 800 and all(results)")).isEqualTo(true);
    assertThat(seen).hasSize(40);
    awaitEnd(seen);
  }

  /** The thread has left Python before it detaches from the JVM. */
  private static void awaitEnd(Set<Thread> threads) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (threads.stream().anyMatch(Thread::isAlive) && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(threads).noneMatch(Thread::isAlive);
  }

  @Test
  void anExceptionInAPythonThreadsCallbackIsPythonsToHandle() {
    python.set("f", throwing(new Exception("in a thread")));
    python.run(
        """
        import threading
        seen = []
        def work():
            try:
                f(1)
            except clutch.JavaException as e:
                seen.append(e.java_message)
        t = threading.Thread(target=work)
        t.start()
        t.join()
        """);
    assertThat(python.eval("seen")).isEqualTo(List.of("in a thread"));
  }

  @Test
  void manyJavaThreadsCallBackAtOnce() throws Exception {
    python.set("f", (Function<Object, Object>) x -> python.eval("1 + " + x));
    List<Thread> threads = new ArrayList<>();
    AtomicInteger right = new AtomicInteger();
    for (int i = 0; i < 16; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 200; n++) {
                  if (python.eval("f(" + number + ")").equals(1L + number)) {
                    right.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(right).hasValue(3200);
  }
}
