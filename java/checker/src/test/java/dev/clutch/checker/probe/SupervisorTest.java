package dev.clutch.checker.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a module does, and however the one who asks ends, nothing is left and all are answered.
 */
class SupervisorTest {
  private static final String NEWEST = "3.14";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.sleep(10);
    }
  }

  private static List<ProcessHandle> awaitChildren(ProcessHandle of, int count)
      throws InterruptedException {
    await(() -> of.children().count() == count);
    return of.children().toList();
  }

  // ---- the end of who asks
  // -----------------------------------------------------------------------

  @Test
  void aKilledJvmLeavesNoProcess() throws IOException, InterruptedException {
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                AskingProgram.class.getName(),
                NEWEST)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
      ProcessHandle program = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      List<ProcessHandle> children = awaitChildren(program, 2);
      jvm.destroyForcibly();
      await(() -> !program.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void aKilledProgramLeavesNoProcessAndIsReported() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (InstalledProbe probe = InstalledProbe.of(NEWEST)) {
      Future<Answer> asked =
          pool.submit(() -> probe.ask(Probes.question("init_loops", Stage.MAIN, PATIENCE)));
      List<ProcessHandle> children = awaitChildren(probe.handle(), 1);
      probe.handle().destroyForcibly();
      assertThatThrownBy(asked::get).cause().isInstanceOf(ProbeException.class);
      assertThatThrownBy(() -> probe.ask(Probes.question("slot_own_gil", Stage.MAIN)))
          .isInstanceOf(ProbeException.class);
      await(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void closeEndsWhatIsUnderWay() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      InstalledProbe probe = InstalledProbe.of(NEWEST);
      Future<Answer> asked =
          pool.submit(() -> probe.ask(Probes.question("init_loops", Stage.MAIN, PATIENCE)));
      List<ProcessHandle> children = awaitChildren(probe.handle(), 1);
      probe.close();
      assertThat(probe.handle().isAlive()).isFalse();
      await(() -> children.stream().noneMatch(ProcessHandle::isAlive));
      assertThatThrownBy(asked::get).cause().isInstanceOf(ProbeException.class);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void anInterruptEndsTheProcess() throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(NEWEST)) {
      List<Throwable> thrown = new ArrayList<>();
      Thread asking =
          new Thread(
              () -> {
                try {
                  probe.ask(Probes.question("init_loops", Stage.MAIN, PATIENCE));
                } catch (InterruptedException e) {
                  thrown.add(e);
                }
              });
      asking.start();
      awaitChildren(probe.handle(), 1);
      asking.interrupt();
      asking.join();
      assertThat(thrown).hasSize(1);
      awaitChildren(probe.handle(), 0);
      assertThat(probe.ask(Probes.question("slot_own_gil", Stage.OWN)).outcome())
          .isEqualTo(Outcome.OK);
    }
  }

  // ---- what modules do
  // ---------------------------------------------------------------------------

  private static Answer exercise(Path folder, String source)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("exercise.py"), source);
    try (InstalledProbe probe = InstalledProbe.of(NEWEST)) {
      return probe.ask(Probes.exercise("slot_own_gil", Stage.MAIN, file));
    }
  }

  @Test
  void aProcessThatLeftItsGroupIsEnded(@TempDir Path folder)
      throws IOException, InterruptedException {
    Answer answer =
        exercise(
            folder,
            """
            import subprocess
            print(subprocess.Popen(["sleep", "1000"], start_new_session=True).pid, flush=True)
            """);
    long left = Long.parseLong(answer.output().strip());
    await(() -> ProcessHandle.of(left).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(answer.outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void whatAForkedProcessDoesIsNoFinding(@TempDir Path folder)
      throws IOException, InterruptedException {
    Answer answer =
        exercise(
            folder,
            """
            import os
            if os.fork() == 0:
                raise ValueError("in the fork")
            os.wait()
            """);
    assertThat(answer.outcome()).isEqualTo(Outcome.OK);
    assertThat(answer.error()).isEmpty();
  }

  @Test
  void garbageAmongTheFindingsIsPassedOver(@TempDir Path folder)
      throws IOException, InterruptedException {
    Answer answer =
        exercise(
            folder,
            """
            import os
            os.write(3, b'ok\\x1e\\x1f\\x1fcrash\\x1fone\\x1e\\xff\\xfe\\x00"\\\\\\n\\x1edefined\\x1e')
            os.write(1, b'\\xff\\x00"\\\\')
            raise ValueError("\\udc80 \\x1e \\x1f \\0 end")
            """);
    assertThat(answer.outcome()).isEqualTo(Outcome.RAISED);
    assertThat(answer.error().orElseThrow().type()).isEqualTo("ValueError");
    assertThat(answer.output()).hasSize(4).endsWith("\u0000\"\\");
  }

  @Test
  void ofMuchOutputTheEndIsKept(@TempDir Path folder) throws IOException, InterruptedException {
    Answer answer =
        exercise(
            folder,
            """
            for i in range(200_000):
                print("line", i)
            print("the end", flush=True)
            """);
    assertThat(answer.outcome()).isEqualTo(Outcome.OK);
    assertThat(answer.output()).endsWith("the end\n").hasSizeBetween(1000, 40_000);
  }

  @Test
  void nothingOfTheEnvironmentIsWritten(@TempDir Path folder)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("plain.py"), "answer = 42\n");
    Question question =
        new Question("plain", Stage.OWN, List.of(folder), Optional.empty(), Probes.LONG);
    try (InstalledProbe probe = InstalledProbe.of(NEWEST);
        var files = Files.list(folder)) {
      assertThat(probe.ask(question).outcome()).isEqualTo(Outcome.OK);
      assertThat(files).containsExactly(folder.resolve("plain.py"));
    }
  }

  @Test
  void aModuleThatIgnoresTheSignalIsKilled(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            folder.resolve("exercise.py"),
            """
            import signal
            signal.signal(signal.SIGRTMAX, signal.SIG_IGN)
            while True:
                pass
            """);
    Question question =
        new Question(
            "slot_own_gil",
            Stage.MAIN,
            List.of(Probes.fixtures()),
            Optional.of(file),
            Probes.SHORT);
    try (InstalledProbe probe = InstalledProbe.of(NEWEST)) {
      // CPython lets only its main thread set handlers, and that is the thread this runs on.
      Answer answer = probe.ask(question);
      assertThat(answer.outcome()).isEqualTo(Outcome.HANGED);
      assertThat(answer.step()).isEqualTo("exercise");
    }
  }

  // ---- many at once, and none
  // --------------------------------------------------------------------

  @Test
  void manyThreadsAskAtOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (InstalledProbe probe = InstalledProbe.of(NEWEST)) {
      List<String> modules = List.of("slot_own_gil", "init_raises", "init_segfaults", "exits");
      List<Callable<String>> questions =
          IntStream.range(0, 64)
              .mapToObj(i -> modules.get(i % modules.size()))
              .map(
                  module ->
                      (Callable<String>)
                          () ->
                              module
                                  + " "
                                  + probe.ask(Probes.question(module, Stage.MAIN)).outcome())
              .toList();
      List<String> answers = new ArrayList<>();
      for (Future<String> each : pool.invokeAll(questions)) {
        answers.add(each.get());
      }
      assertThat(answers.stream().distinct())
          .containsExactly(
              "slot_own_gil OK", "init_raises RAISED", "init_segfaults CRASHED", "exits CRASHED");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aLibpythonThatIsNoneIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
    ProbeOptions real = ProbeOptions.of(NEWEST);
    Path library = Files.writeString(folder.resolve("libpython3.14.so"), "not a library");
    ProbeOptions wrong =
        new ProbeOptions(
            real.version(), library, real.home(), real.executable(), List.of(), List.of());
    try (InstalledProbe probe = new InstalledProbe(wrong)) {
      assertThatThrownBy(() -> probe.ask(Probes.question("slot_own_gil", Stage.MAIN)))
          .isInstanceOf(ProbeException.class)
          .hasMessageContaining(library.toString());
    }
  }

  @Test
  void aVersionWithoutProbeIsNamed() {
    ProbeOptions real = ProbeOptions.of(NEWEST);
    ProbeOptions future =
        new ProbeOptions(
            "3.99.0", real.library(), real.home(), real.executable(), List.of(), List.of());
    assertThatThrownBy(() -> new InstalledProbe(future))
        .isInstanceOf(ProbeException.class)
        .hasMessageContaining("3.99");
  }
}
