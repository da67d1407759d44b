package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.PythonRuntime;
import dev.clutch.tests.ChildJvm.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a process that died by a fault in native code. */
class FaultTest {
  private static final Pattern WHERE = Pattern.compile("# What Python was at, by Clutch:\n# (.*)");

  @TempDir Path folder;

  private ChildJvm dying() {
    return new ChildJvm(FaultPrograms.Dying.class, folder);
  }

  private static Path reportOf(Ended ended) {
    Matcher matcher = WHERE.matcher(ended.err());
    assertThat(matcher.find()).as("it printed\n%s", ended.err()).isTrue();
    return Path.of(matcher.group(1));
  }

  private long reportsOfTheJvm() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("hs_err_pid")).count();
    }
  }

  @Test
  void aFaultInAnExtensionModule() throws Exception {
    Path file = reportOf(dying().abort(FaultPrograms.FAULT));
    String report = Files.readString(file);
    assertThat(file.getParent()).isEqualTo(folder.toRealPath());
    assertThat(file.getFileName().toString()).matches("clutch_pid[0-9]+\\.log");
    assertThat(reportsOfTheJvm()).isOne();
    assertThat(report)
        .contains("\nCPython " + PythonRuntime.start().version() + " ")
        .containsPattern(
            "Interpreter 3:\nCurrent thread 0x[0-9a-f]{16}, native id [0-9]+, attached"
                + " \\(most recent call first\\):\n"
                + "  File \"<string>\", line 2 in dying\n"
                + "  File \"<string>\", line 4 in caf\\\\u00e9\n"
                + "  File \"<string>\", line 5 in <module>\n")
        .containsPattern("Interpreter 1:\nThread .*\n  File \"<string>\", line 2 in waiting\n")
        .containsPattern("Interpreter 2:\nThread .*\n  File \"<string>\", line 3 in working\n")
        .containsPattern("\n  /.*/mmap\\.cpython-3.*\\.so\n");
  }

  /** As CPython does when it gives up, or libraries of C++ do. */
  @ParameterizedTest
  @ValueSource(strings = {"os.abort()", "os.kill(os.getpid(), 6); time.sleep(100)"})
  void withoutTheJvm(String statement) throws Exception {
    String report = Files.readString(reportOf(dying().abort(statement)));
    assertThat(reportsOfTheJvm()).isZero();
    assertThat(report).contains("  File \"<string>\", line 2 in dying\n");
  }

  @Test
  void inAnInterpreterThatCloses() throws Exception {
    ChildJvm child = new ChildJvm(FaultPrograms.DyingInClose.class, folder);
    assertThat(Files.readString(reportOf(child.abort())))
        .contains("  File \"<string>\", line 2 in leaving\n");
  }

  @Test
  void thePropertySaysWhere() throws Exception {
    Files.createDirectory(folder.resolve("elsewhere"));
    ChildJvm child = dying().option("-Dclutch.errorFile=elsewhere/%p-%p.txt");
    Path file = reportOf(child.abort("os.abort()"));
    assertThat(file.getParent()).isEqualTo(folder.toRealPath().resolve("elsewhere"));
    assertThat(file.getFileName().toString()).matches("([0-9]+)-\\1\\.txt");
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void whereNothingCanBeWrittenItGoesToTmp() throws Exception {
    ChildJvm child = dying().option("-Dclutch.errorFile=no/such/folder.txt");
    Path file = reportOf(child.abort("os.abort()"));
    assertThat(file).hasParent(Path.of("/tmp")).isNotEmptyFile();
    Files.delete(file);
  }

  @Test
  void anEmptyPropertyMeansNone() throws Exception {
    Ended ended = dying().option("-Dclutch.errorFile=").abort("os.abort()");
    assertThat(ended.err()).doesNotContain("Clutch");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("clutch"));
    }
  }

  /** It finds null pointers, and stacks that overflow, by faults. */
  @Test
  void whatTheJvmHandlesItselfIsNoFault() throws Exception {
    Ended ended =
        new ChildJvm(FaultPrograms.NullPointers.class, folder)
            .option("-Xcheck:jni")
            .run()
            .withStatus(0);
    assertThat(ended.out()).endsWith("1001\n").doesNotContain("modified");
    assertThat(ended.err()).doesNotContain("handler");
  }
}
