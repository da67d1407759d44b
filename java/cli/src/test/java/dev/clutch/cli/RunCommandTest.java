package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code clutch run} against what {@code python} does. */
class RunCommandTest {
  @TempDir Path folder;

  @Test
  void setsUpTheScriptAsPythonDoes() throws Exception {
    Files.writeString(folder.resolve("helper.py"), "name = 'helper'");
    CliProcess run =
        run(
            """
            import sys, helper
            print(sys.argv, __name__, __file__, sys.path[0], helper.name, sep='\\n')
            """,
            "a b",
            "--python",
            "-h");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines())
        .containsExactly(
            "['script.py', 'a b', '--python', '-h']",
            "__main__",
            folder.resolve("script.py").toString(),
            folder.toRealPath().toString(),
            "helper");
    assertThat(run.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sys.exit()       | 0   | ''",
        "sys.exit(0)      | 0   | ''",
        "sys.exit(3)      | 3   | ''",
        "sys.exit(1)      | 1   | ''",
        "sys.exit(-1)     | 255 | ''",
        "sys.exit('text') | 1   | 'text\n'",
        "quit()           | 0   | ''",
        "raise SystemExit | 0   | ''",
        "os._exit(7)      | 7   | ''",
      })
  void endsWithTheStatusOfPython(String statement, int status, String err) throws Exception {
    CliProcess run = run("import os, sys\n" + statement);
    assertThat(run.status()).isEqualTo(status);
    assertThat(run.err()).isEqualTo(err);
  }

  @Test
  void showsAnExceptionAsPythonDoes() throws Exception {
    CliProcess run = run("print('before')\nraise ValueError('bad')");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("before\n");
    assertThat(run.errLines())
        .containsExactly(
            "Traceback (most recent call last):",
            "  File \"" + folder.resolve("script.py") + "\", line 2, in <module>",
            "    raise ValueError('bad')",
            "ValueError: bad");
  }

  @Test
  void showsASyntaxErrorAsPythonDoes() throws Exception {
    CliProcess run = run("def (");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errLines()).startsWith("  File \"" + folder.resolve("script.py") + "\", line 1");
    assertThat(run.err()).endsWith("SyntaxError: invalid syntax\n");
  }

  @Test
  void readsStandardInput() throws Exception {
    Files.writeString(script(), "import sys\nprint(sys.stdin.read().upper(), end='')");
    CliProcess run = CliProcess.run(folder, "één\ntwo\n", "run", "script.py");
    assertThat(run.out()).isEqualTo("ÉÉN\nTWO\n");
  }

  @Test
  void waitsForThreadsAndRunsAtexit() throws Exception {
    CliProcess run =
        run(
            """
            import atexit, threading, time
            def work():
                time.sleep(0.3)
                print("thread")
            atexit.register(lambda: print("atexit"))
            threading.Thread(target=work).start()
            print("main")
            raise SystemExit(4)
            """);
    assertThat(run.outLines()).containsExactly("main", "thread", "atexit");
    assertThat(run.status()).isEqualTo(4);
  }

  @Test
  void leavesRawThreadsBehind() throws Exception {
    CliProcess run =
        run(
            """
            import _thread, time
            _thread.start_new_thread(lambda: [time.sleep(0.05) for _ in iter(int, 1)], ())
            time.sleep(0.2)
            print("unfinished line", end="")
            """);
    assertThat(run.out()).isEqualTo("unfinished line");
    assertThat(run.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"3.12,3.12.", "3.13,3.13.", "3.14,3.14."})
  void runsOnTheChosenPython(String selector, String prefix) throws Exception {
    Files.writeString(script(), "import platform; print(platform.python_version())");
    CliProcess run = CliProcess.run(folder, "", "--python", selector, "run", "script.py");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith(prefix);
  }

  @Test
  void namesAPythonThatCannotBeUsed() throws Exception {
    Files.writeString(script(), "");
    CliProcess run = CliProcess.run(folder, "", "run", "--python", "/gone", "script.py");
    assertThat(run.status()).isEqualTo(ClutchCli.MISUSED);
    assertThat(run.errLines()).hasSize(1).first().asString().startsWith("clutch: ");
  }

  private CliProcess run(String source, String... args) throws Exception {
    Files.writeString(script(), source);
    String[] command = new String[args.length + 2];
    command[0] = "run";
    command[1] = "script.py";
    System.arraycopy(args, 0, command, 2, args.length);
    return CliProcess.run(folder, "", command);
  }

  private Path script() {
    return folder.resolve("script.py");
  }
}
