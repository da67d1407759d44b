package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Attachment;
import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.Pickled;
import dev.clutch.PyObject;
import dev.clutch.PythonInterruptedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels in Python, and between Java and Python. */
@Tag("jni")
@Timeout(60)
class ChannelPythonTest extends ChannelFixture {

  private static final String HELPERS =
      """
      import asyncio, clutch, os, select
      """;

  private Interpreter python;
  private Interpreter other;

  @BeforeEach
  void start() {
    python = Interpreters.create();
    other = Interpreters.create();
    for (Interpreter each : List.of(python, other)) {
      each.run(RAISED + HELPERS);
      each.set("s", to);
      each.set("r", from);
    }
  }

  @AfterEach
  void end() {
    python.close(Duration.ofSeconds(10));
    other.close(Duration.ofSeconds(10));
  }

  private static CompletableFuture<Void> async(Interpreter in, String code) {
    return CompletableFuture.runAsync(() -> in.run(code), Threads.OWN);
  }

  // -- the API --

  @Test
  void aChannelIsOpenedAndUsedInPython() {
    python.run(
        """
        r, s = clutch.channel()
        assert repr(r) == "<clutch.ReceiveEnd>" and repr(s) == "<clutch.SendEnd>"
        assert r.capacity == s.capacity == clutch.channel(capacity=None)[0].capacity
        assert clutch.channel(5000)[0].capacity == 8192
        s.send(1); s.send(obj=(2, None)); s.send("3", 1); s.send(obj=b"4", timeout=None)
        s.send_nowait({5})
        assert (r.receive(), r.receive(1), r.receive(timeout=0), r.receive(timeout=None)) \\
            == (1, (2, None), "3", b"4")
        assert r.receive_nowait() == {5}
        with r as r2, s as s2:
            assert r2 is r and s2 is s and not r.closed
            s.send([6, [7.5]]); s.send(None); s.close()
            assert s.closed and repr(s) == "<clutch.SendEnd, closed>"
            assert list(r) == [[6, [7.5]], None] and list(r) == []
        assert r.closed
        """);
  }

  @Test
  void wrongArgumentsAreErrors() {
    python.run(
        """
        def check(expected, function, *args, **kwargs):
            assert raised(function, *args, **kwargs) == expected, (function, args, kwargs)

        for wrong in -1, 2**31, -2**31:
            check("ValueError", clutch.channel, wrong)
        check("OverflowError", clutch.channel, 2**70)
        for wrong in "1", 1.5, []:
            check("TypeError", clutch.channel, wrong)
        for method in s.send, r.receive, lambda *args, **k: clutch.select([r], *args, **k):
            args = [1] if method == s.send else []
            check("ValueError", method, *args, timeout=-1)
            check("ValueError", method, *args, timeout=float("nan"))
            check("TypeError", method, *args, timeout="x")
            check("TypeError", method, *args, 1, 2)
            check("TypeError", method, *args, wrong=1)
        for wrong in None, 5, [s], [r, 1], [[r]]:
            check("TypeError", clutch.select, wrong)
        check("TypeError", s.send)
        check("TypeError", type(s))
        check("TypeError", type("Derived", (object,), {}).__init_subclass__, type(r))
        """);
  }

  @Test
  void errorsAreThoseOfTheModule() throws Exception {
    python.run(
        """
        assert raised(r.receive_nowait) == raised(r.receive, 0.01) == "TimeoutError"
        big = bytes(1_000_000)
        s.send_nowait(big)
        assert raised(s.send_nowait, big) == raised(s.send, big, 0.01) == "TimeoutError"
        assert r.receive() == big
        assert issubclass(clutch.ChannelClosed, Exception)
        assert clutch.ChannelClosed.__module__ == "clutch"
        """);
    to.close();
    python.run(
        """
        assert raised(s.send, 1) == raised(s.send_nowait, 1) == "ChannelClosed"
        assert raised(s.fileno) == "ChannelClosed"
        assert raised(r.receive) == raised(r.receive_nowait) == "EOFError"
        r.close()
        assert raised(r.receive) == raised(r.receive_nowait) == raised(next, r) == "ChannelClosed"
        r, s = clutch.channel()
        r.close()
        assert raised(s.send, 1) == raised(s.send_nowait, 1) == "ChannelClosed"
        """);
  }

  @Test
  void objectsArePickledBetweenInterpreters() throws Exception {
    python.run("s.send([range(3), 1j])");
    assertThat(other.eval("r.receive() == [range(3), 1j]")).isEqualTo(true);
    python.run("s.send(range(7))");
    Object opaque = from.receive();
    assertThat(opaque).isInstanceOf(Pickled.class);
    to.send(opaque);
    assertThat(other.eval("r.receive() == range(7)")).isEqualTo(true);
    python.run("s.send([memoryview(b'ab'), frozenset([1]), 2**90, float('inf')])");
    assertThat(other.eval("r.receive() == [memoryview(b'ab'), {1}, 2**90, float('inf')]"))
        .isEqualTo(true);
  }

  @Test
  void callablesAndHandlesAreRefusedWithTheirPath() {
    Function<Object, Object> function = x -> x;
    python.set("java", function);
    for (String callable : List.of("len", "java", "lambda: 1")) {
      assertThatThrownBy(() -> python.run("s.send([1, {'key': " + callable + "}])"))
          .hasMessageContaining("value[1][\"key\"] is a ");
    }
    assertThatThrownBy(() -> python.run("s.send((i for i in ()))"))
        .hasMessageContaining("pickle refuses it");
    try (PyObject handle = python.eval("object()", PyObject.class)) {
      assertThatThrownBy(() -> to.send(List.of(handle)))
          .isInstanceOf(NotShareableException.class)
          .hasMessageStartingWith("value[0]");
    }
    assertThat(python.eval("raised(r.receive_nowait)")).isEqualTo("TimeoutError");
  }

  @Test
  void endsGoEverywhereAndAreTheSame() throws Exception {
    InterpreterQueue queue = InterpreterQueue.create();
    python.set("q", queue);
    python.run("a, b = clutch.channel(); q.put([a, b]); s.send({'end': b}); hash(a)");
    List<?> both = (List<?>) queue.get();
    assertThat(other.eval("r.receive()['end']")).isEqualTo(both.get(1)).isNotEqualTo(to);
    assertThat(python.eval("a, b")).isEqualTo(both);
    python.set("given", both);
    assertThat(python.eval("[a, b] == given, len({a, b, *given}), a == b, a != b, a == 3"))
        .isEqualTo(List.of(true, 2L, false, true, false));
    Function<Channel.SendEnd, Object> same = end -> end.equals(both.get(1)) ? end : null;
    python.set("same", same);
    assertThat(python.eval("same(b) is not b and same(b) == b")).isEqualTo(true);
  }

  // -- waiting --

  private static final List<String> WAITS =
      List.of(
          "r.receive()",
          "next(r)",
          "for x in r: pass",
          "clutch.select([r])",
          "while True: s.send(0)",
          "[s.send(bytes(1_000_000)) for i in range(2)]",
          "import threading\nt = threading.Thread(target=r.receive)\nt.start()\nr.receive()");

  @ParameterizedTest
  @FieldSource("WAITS")
  void theGilIsReleasedAndAnInterruptEndsTheWait(String wait) {
    CompletableFuture<Void> waiting = async(python, wait);
    assertThatThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
    python.interrupt();
    assertThat(catchThrowable(waiting::join)).hasCauseInstanceOf(PythonInterruptedException.class);
  }

  @ParameterizedTest
  @FieldSource("WAITS")
  void closingTheInterpreterEndsTheWait(String wait) {
    CompletableFuture<Void> waiting = async(python, wait);
    assertThatThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    python.close(Duration.ofSeconds(10));
    assertThat(catchThrowable(waiting::join)).isNotNull();
    assertThat(from.isClosed() || to.isClosed()).isFalse();
  }

  /** Which is when the modules are going already. */
  @Test
  void whatRunsAtTheEndOfAnInterpreterMayUseAChannel() throws Exception {
    python.run(
        """
        import atexit
        atexit.register(s.send, "atexit")
        atexit.register(lambda: s.send(("lambda", r.receive(5))))

        class Last:
            def __del__(self, calls=[(s.send, "del"), (r.receive_nowait,)]):
                for function, *args in calls:
                    try:
                        function(*args)
                    except RuntimeError:
                        pass  # too late

        last = Last()
        """);
    to.send("to the lambda");
    python.close(Duration.ofSeconds(10));
    assertThat(from.receive()).isEqualTo(List.of("lambda", "to the lambda"));
    assertThat(from.receive()).isEqualTo("atexit");
    assertThatThrownBy(from::receiveNowait).isInstanceOf(TimeoutException.class);
  }

  // -- several at once --

  @Test
  void selectTakesDescriptorsAndEnds() {
    python.run(
        """
        r2, s2 = clutch.channel()
        r3, s3 = clutch.channel()
        assert select.select([r, r2, r3], [], [], 0) == ([], [], [])
        assert select.select([], [s, s2], [], 0) == ([], [s, s2], [])
        assert clutch.select([r, r2, r3], 0) == clutch.select(ends=(r,), timeout=0.01) == []
        assert clutch.select([], timeout=0) == []
        s2.send(1)
        assert select.select([r, r2, r3], [], []) == ([r2], [], [])
        assert clutch.select([r, r2, r3, r2]) == [r2, r2]
        assert clutch.select({r2: 1}) == [r2]
        r2.receive()
        s3.close()
        assert select.select([r, r2, r3], [], []) == ([r3], [], [])
        assert clutch.select([r, r2, r3]) == [r3]
        r2.close()
        assert clutch.select([r, r2], 20) == [r2]
        """);
  }

  @Test
  void tasksOfAsyncioReceiveFromSeveralChannels() throws Exception {
    Channel second = Channel.open();
    python.set("ends", List.of(from, from, second.receiveEnd()));
    CompletableFuture<Void> loop =
        async(
            python,
            """
            async def drain(end):
                return [x async for x in end]

            async def main():
                global got
                got = await asyncio.gather(*map(drain, ends))

            asyncio.run(main())
            """);
    for (int i = 0; i < 1000; i++) {
      (i % 2 == 0 ? to : second.sendEnd())
          .send(i % 100 == 0 ? String.valueOf(i).repeat(100_000) : (Object) i);
    }
    to.close();
    second.sendEnd().close();
    loop.join();
    assertThat(python.eval("sorted(x for each in got for x in each if isinstance(x, int))"))
        .isEqualTo(python.eval("[x for x in range(1000) if x % 100]"));
    assertThat(python.eval("sum(map(len, got)), all(x % 2 for x in got[2])"))
        .isEqualTo(List.of(1000L, true));
    second.close();
  }

  @Test
  void aCancelledTaskTakesNothing() {
    python.run(
        """
        async def main():
            before = len(os.listdir("/proc/self/fd"))
            waiting = [asyncio.create_task(r.receive_async()) for _ in range(20)]
            await asyncio.sleep(0.01)
            for task in waiting[1:]:
                task.cancel()
            s.send(1); s.send(2)
            got = await asyncio.gather(*waiting, return_exceptions=True)
            assert got[0] == 1 and all(isinstance(x, asyncio.CancelledError) for x in got[1:]), got
            assert await asyncio.wait_for(r.receive_async(), 10) == 2
            try:
                await asyncio.wait_for(r.receive_async(), 0.01)
                assert False
            except TimeoutError:
                pass
            assert len(os.listdir("/proc/self/fd")) == before

        asyncio.run(main())
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"receive", "send"})
  void closingAnEndWakesTasks(String end) throws Exception {
    CompletableFuture<Void> loop =
        async(python, "import asyncio; e = raised(asyncio.run, r.receive_async())");
    assertThatThrownBy(() -> loop.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    other.run(end.equals("send") ? "s.close()" : "r.close()");
    loop.get(20, TimeUnit.SECONDS);
    assertThat(python.eval("e")).isEqualTo(end.equals("send") ? "EOFError" : "ChannelClosed");
  }

  /** A loop waits in its own select, which releases the GIL and hears of nothing else. */
  @Test
  void closingTheInterpreterEndsAWaitInAsyncio() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    new Thread(
            () -> ended.complete(catchThrowable(() -> other.run("asyncio.run(r.receive_async())"))))
        .start();
    assertThatThrownBy(() -> ended.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    other.close(Duration.ofSeconds(4));
    assertThat(ended.get()).isInstanceOf(PythonInterruptedException.class);
    to.send("still open");
    assertThat(from.receive()).isEqualTo("still open");
  }

  @Test
  void anAttachedThreadLetsOthersInWhileItWaits() throws Exception {
    CompletableFuture<Void> attached =
        CompletableFuture.runAsync(
            () -> {
              try (Attachment scope = python.attach()) {
                assertThat(scope).isNotNull();
                assertThat(from.receive()).isEqualTo(1L);
                assertThat(Channel.select(List.of(from))).containsExactly(from);
              } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
              }
            },
            Threads.OWN);
    Thread.sleep(50);
    python.run("s.send(1)");
    Thread.sleep(50);
    python.run("s.send(2)");
    attached.get(5, TimeUnit.SECONDS);
  }
}
