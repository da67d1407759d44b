package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.Pipe;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever forks the process, with ProcessBuilder for one, leaves no descriptor to the child. */
@Tag("jni")
class DescriptorsTest {
  private static final int CLOSE_ON_EXEC = 02000000;

  private static final String OPEN_ALL =
      "import os, socket, subprocess, tempfile, asyncio, select, clutch, mmap\n"
          + "kept = [open('/dev/null'), open('/dev/zero', 'rb', 0), os.open('/', os.O_RDONLY),\n"
          + "  *os.pipe(), *socket.socketpair(), socket.socket(), tempfile.TemporaryFile(),\n"
          + "  select.epoll(), os.memfd_create('m'), os.eventfd(0), os.dup(0), clutch.channel(),\n"
          + "  clutch.Queue(), asyncio.new_event_loop(), os.scandir('/')]\n"
          + "next(kept[-1])\n";

  private final CountDownLatch inside = new CountDownLatch(2);

  @Test
  void allAreClosedByAnExec() throws Exception {
    Set<String> before = inherited();
    try (Interpreter interpreter = Interpreters.create();
        Pipe pipe = Pipe.open();
        Channel channel = Channel.open()) {
      interpreter.set("inside", (Runnable) inside::countDown);
      interpreter.prepareMain(
          Map.of(
              "source", pipe.source(),
              "end", channel.receiveEnd(),
              "memory", SharedBuffer.allocate(4096),
              "queue", InterpreterQueue.create()));
      interpreter.run(OPEN_ALL);
      CompletableFuture<Void> waits =
          CompletableFuture.runAsync(() -> waitAsync(interpreter), Threads.OWN);
      CompletableFuture<Void> reads = CompletableFuture.runAsync(() -> waitForPipe(), Threads.OWN);
      inside.await();
      assertThat(left(before)).isEmpty();
      assertThat(inheritedByAChild()).as("what a child has").noneMatch(DescriptorsTest::isOurs);
      interpreter.interrupt();
      assertThat(waits).failsWithin(Duration.ofSeconds(60));
      CompletableFuture.allOf(reads).join();
    }
  }

  private static void waitAsync(Interpreter interpreter) {
    interpreter.eval(
        "(exec('async def w():\\n    inside()\\n    await end.receive_async()', globals()),"
            + " asyncio.run(w()))");
  }

  private void waitForPipe() {
    try (Pipe pipe = Pipe.open()) {
      inside.countDown();
      pipe.source().read(ByteBuffer.allocateDirect(1), Duration.ofSeconds(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> left(Set<String> before) throws IOException {
    Set<String> after = inherited();
    after.removeAll(before);
    after.removeIf(each -> each.endsWith("/fd")); // the JDK's own, which lists them
    return after;
  }

  /** The descriptors of this process that an exec leaves open, with what they are. */
  private static Set<String> inherited() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        try {
          if ((flags(each) & CLOSE_ON_EXEC) == 0) {
            found.add(each.getFileName() + " " + Files.readSymbolicLink(each));
          }
        } catch (IOException closedMeanwhile) {
          // then nobody inherits it
        }
      }
    }
    return found;
  }

  private static int flags(Path descriptor) throws IOException {
    Path info = Path.of("/proc/self/fdinfo", descriptor.getFileName().toString());
    for (String line : Files.readAllLines(info)) {
      if (line.startsWith("flags:")) {
        return Integer.parseInt(line.substring(6).trim(), 8);
      }
    }
    throw new IOException("no flags in " + info);
  }

  private static Set<String> inheritedByAChild() throws Exception {
    Process child =
        new ProcessBuilder("sh", "-c", "for f in /proc/self/fd/*; do readlink $f; done").start();
    Set<String> targets = new TreeSet<>();
    try (var lines = child.inputReader()) {
      lines.lines().forEach(targets::add);
    }
    child.waitFor();
    return targets;
  }

  private static boolean isOurs(String target) {
    return Stream.of("eventpoll", "eventfd", "memfd", "/dev/zero").anyMatch(target::contains);
  }

  /** What subprocess starts inherits none, as in any Python; also where nothing is closed first. */
  @Test
  void childrenOfPythonInheritNone() throws IOException {
    try (Interpreter interpreter = Interpreters.create();
        Pipe pipe = Pipe.open();
        Channel channel = Channel.open()) {
      interpreter.run(OPEN_ALL);
      Object text =
          interpreter.eval(
              "subprocess.run(['sh', '-c', 'for f in /proc/self/fd/*; do readlink $f; done'],"
                  + " close_fds=False, capture_output=True, text=True).stdout");
      assertThat(String.valueOf(text).lines()).noneMatch(DescriptorsTest::isOurs);
      assertThat(pipe.source().isOpen() && !channel.sendEnd().isClosed()).isTrue();
    }
  }

  @Test
  void forkAndExecOfTheJvmAreRefused() {
    try (Interpreter interpreter = Interpreters.create()) {
      for (String source :
          new String[] {
            "import os\nos.fork()",
            "import os\nos.forkpty()",
            "import os\nos.execv('/bin/true', ['true'])",
            "import subprocess\nsubprocess.run(['true'], preexec_fn=print)",
            "import multiprocessing as m\nm.get_context('fork').Process(target=print).start()",
          }) {
        assertThatThrownBy(() -> interpreter.run(source))
            .as(source)
            .isInstanceOf(PythonException.class)
            .hasMessageContaining("not supported");
      }
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
    }
    assertThat(InterpreterConfig.isolated().allowFork()).isFalse();
  }
}
