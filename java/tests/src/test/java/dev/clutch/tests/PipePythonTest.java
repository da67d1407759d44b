package dev.clutch.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.NotShareableException;
import dev.clutch.Pipe;
import dev.clutch.PyObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.razorvine.pickle.Pickler;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipes between Java and Python. */
@Tag("jni")
@Timeout(60)
class PipePythonTest {
  private Interpreter python;
  private Pipe pipe;

  @BeforeEach
  void open() throws IOException {
    python = Interpreters.create();
    python.run("import os, pickle");
    pipe = Pipe.open();
  }

  @AfterEach
  void close() throws IOException {
    python.close();
    pipe.close();
  }

  // -- descriptors --

  @Test
  void anObjectPickledInJavaIsReadByPickle() throws IOException {
    pipe.sink().write(ByteBuffer.wrap(new Pickler().dumps(Map.of("answer", List.of(4, "2")))));
    python.set("fd", pipe.source().fd());
    python.run("received = pickle.loads(os.read(fd, 1024))");
    assertThat(python.eval("received == {'answer': [4, '2']}")).isEqualTo(true);
  }

  @Test
  void anObjectPickledInPythonIsReadByJava() throws IOException {
    python.set("fd", pipe.sink().fd());
    python.run("os.write(fd, pickle.dumps({'answer': [4, '2']}))");
    try (InputStream in = Channels.newInputStream(pipe.source())) {
      assertThat(new Unpickler().load(in)).isEqualTo(Map.of("answer", List.of(4, "2")));
    }
  }

  @Test
  void pythonWaitsAtADescriptorWhileOthersRun() throws IOException {
    python.set("fd", pipe.source().fd());
    CompletableFuture<Object> reading = async(() -> python.eval("os.read(fd, 10)"));
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
    pipe.sink().write(ByteBuffer.wrap(new byte[] {7}));
    assertThat(reading.join()).isEqualTo(new byte[] {7});
  }

  private static CompletableFuture<Object> async(Supplier<Object> task) {
    return CompletableFuture.supplyAsync(task, Threads.OWN);
  }

  @Test
  void descriptorsCanBeSelected() throws IOException {
    python.set("fd", pipe.source().fd());
    python.run("import select");
    assertThat(python.eval("select.select([fd], [], [], 0)[0]")).isEqualTo(List.of());
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    assertThat(python.eval("select.select([fd], [], [], 30)[0] == [fd]")).isEqualTo(true);
  }

  /** A signal ends the wait, and programs do block all of them in threads. */
  @Test
  void aThreadThatBlocksSignalsIsWokenToo() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    python.run("import signal");
    Thread thread =
        new Thread(
            () -> {
              python.run("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMAX - 2])");
              ended.complete(
                  catchThrowable(() -> pipe.source().read(ByteBuffer.allocateDirect(1))));
            });
    thread.start();
    assertThatThrownBy(() -> ended.get(300, TimeUnit.MILLISECONDS)).isNotNull();
    pipe.source().close();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(AsynchronousCloseException.class);
  }

  // -- ends as values --

  @Test
  void endsBecomeFilesOfTheirOwn() throws IOException {
    python.set("source", pipe.source());
    python.set("sink", pipe.sink());
    assertThat(
            python.eval("source.readable(), source.writable(), sink.readable(), sink.writable()"))
        .isEqualTo(List.of(true, false, false, true));
    assertThat(python.eval("source.fileno()")).isNotEqualTo((long) pipe.source().fd());
    python.run("sink.write(b'from Python')\nsink.close()");
    assertThat(python.eval("source.read(4)")).isEqualTo("from".getBytes(UTF_8));
    pipe.sink().close();
    assertThat(python.eval("source.readall()")).isEqualTo(" Python".getBytes(UTF_8));
    python.run("source.close()");
    assertThat(pipe.source().isOpen()).isTrue();
  }

  @Test
  void endsAreArgumentsAndResultsOfCallbacks() {
    try (PyObject file = python.call("iter", pipe.source()) instanceof PyObject it ? it : null) {
      assertThat(file).isNotNull();
    }
    Supplier<Object> sink = pipe::sink;
    python.set("sink", sink);
    python.run("one, two = sink(), sink()");
    assertThat(python.eval("one.fileno() != two.fileno()")).isEqualTo(true);
    assertThat(python.eval("one.write(b'a') + two.write(b'bc')")).isEqualTo(3L);
    python.run("one.close(); two.close()");
    python.set("both", List.of(pipe.source(), Map.of("sink", pipe.sink())));
    assertThat(python.eval("both[0].read(10)")).isEqualTo("abc".getBytes(UTF_8));
    python.run("both[1]['sink'].close(); both[0].close()");
  }

  @Test
  void aFileOutlivesTheEndItCameFrom() throws IOException {
    python.set("source", pipe.source());
    pipe.source().close();
    pipe.sink().write(ByteBuffer.wrap("kept".getBytes(UTF_8)));
    pipe.sink().close();
    assertThat(python.eval("source.readall()")).isEqualTo("kept".getBytes(UTF_8));
    python.run("source.close()");
  }

  @Test
  void aClosedEndIsRefusedWithItsPath() throws IOException {
    pipe.close();
    assertThatThrownBy(() -> python.call("len", List.of(1, pipe.source())))
        .isInstanceOf(NotShareableException.class)
        .hasMessage("args[0][1]: this end of the pipe is closed");
  }

  @Test
  void betweenInterpreters() throws IOException {
    try (Interpreter other = Interpreters.create()) {
      python.set("sink", pipe.sink());
      other.set("source", pipe.source());
      pipe.close();
      CompletableFuture<Object> reading = async(() -> other.eval("len(source.readall())"));
      python.run("for i in range(1000): sink.write(b'x' * 1000)\nsink.close()");
      assertThat(reading.join()).isEqualTo(1_000_000L);
      other.run("source.close()");
    }
  }
}
