package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.tests.ChildJvm.Ended;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a program ends, it ends: with its own status, its output flushed, and without a crash.
 */
class ExitTest {
  private static final String TRACES = "unfinished line" + "exit function\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"'', 0", "7, 7", "0, 0"})
  void openInterpretersAreFlushedAndRunTheirExitFunctions(String argument, int status)
      throws Exception {
    Ended ended = child(ExitPrograms.LeftOpen.class).run(argument).withStatus(status);

    assertThat(ended.out()).isEqualTo(TRACES);
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "isolated, user, loop, 5",
    "isolated, daemon, loop, ''",
    "isolated, user, sleep, 5",
    "isolated, daemon, sleep, ''",
    "isolated, user, queue, 5",
    "isolated, daemon, queue, ''",
    "isolated, user, callback, 5",
    "isolated, daemon, callback, ''",
    "isolated, daemon, callbacks, 5",
    "isolated, daemon, print, 5",
    "isolated, daemon, hash, 5",
    "isolated, user, pythonThread, 5",
    "isolated, daemon, pythonThread, ''",
    "isolated, daemon, pythonThreadInCallback, 5",
    "legacy, daemon, loop, 5",
    "legacy, user, callback, 5",
    "main, daemon, loop, 5",
    "main, user, sleep, 5",
    "main, daemon, pythonThread, ''",
  })
  void codeStillRunningIsLeftBehind(String kind, String thread, String place, String argument)
      throws Exception {
    int status = argument.isEmpty() ? 0 : Integer.parseInt(argument);

    Ended ended =
        child(ExitPrograms.LeftInside.class).run(kind, thread, place, argument).withStatus(status);

    assertThat(ended.out()).isEqualTo(TRACES);
  }

  @Test
  void anExitFunctionThatHangsHoldsUpNeitherTheExitNorTheOthers() throws Exception {
    Ended ended = child(ExitPrograms.HangingExitFunction.class).run("7").withStatus(7);

    assertThat(ended.took()).isLessThan(Duration.ofSeconds(30));
    assertThat(ended.out()).isEqualTo(TRACES.repeat(4));
  }

  @Test
  void anOutputThatThrowsDoesNotStopTheOthers() throws Exception {
    Ended ended = child(ExitPrograms.ThrowingOutput.class).run("7").withStatus(7);

    assertThat(ended.out()).isEqualTo(TRACES.repeat(4));
  }

  @Test
  void anUncaughtPythonExceptionIsPrinted() throws Exception {
    Ended ended = child(ExitPrograms.Uncaught.class).run().withStatus(1);

    assertThat(ended.err())
        .contains("dev.clutch.PythonException: ValueError: nobody caught it")
        .contains("ExitPrograms$Uncaught.main");
  }

  @Test
  void aCallbackMayExit() throws Exception {
    Ended ended = child(ExitPrograms.ExitInCallback.class).run().withStatus(3);

    assertThat(ended.out()).isEqualTo(TRACES);
  }

  @Test
  void anExitFunctionThatExitsChangesNothing() throws Exception {
    child(ExitPrograms.ExitInExitFunction.class).run().withStatus(7);
  }

  @Test
  void aSignalEndsItInOrder() throws Exception {
    Ended ended = child(ExitPrograms.Terminated.class).run().withStatus(128 + 15);

    assertThat(ended.out()).isEqualTo(TRACES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5"})
  void interpretersComingAndGoingDoNotMatter(String argument) throws Exception {
    int status = argument.isEmpty() ? 0 : Integer.parseInt(argument);

    child(ExitPrograms.ExitWhileCreating.class).run(argument).withStatus(status);
  }

  private ChildJvm child(Class<?> program) {
    return new ChildJvm(program, folder);
  }
}
