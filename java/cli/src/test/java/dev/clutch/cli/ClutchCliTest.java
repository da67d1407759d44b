package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Whatever can be told without CPython. */
class ClutchCliTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everyMisuseIsOneLineAndStatusTwo() throws IOException {
    String file = Files.createFile(folder.resolve("f.py")).toString();
    assertMisuse("Missing required subcommand");
    assertMisuse("Unmatched argument", "fly");
    assertMisuse("Missing required parameter: 'FILE'", "run");
    assertMisuse("no such file: gone.py", "run", "gone.py");
    assertMisuse("not a file that can be read: " + folder, "run", folder.toString());
    assertMisuse("Missing required parameter: 'FILE:FUNCTION'", "map");
    assertMisuse("no such file: gone.py", "map", "gone.py:f", file);
    assertMisuse("FILE:FUNCTION expected", "map", "gone.py", file);
    assertMisuse("no such file: gone", "map", file + ":f", "gone");
    assertMisuse("must be at least 1", "map", "--interpreters", "0", file + ":f", file);
    assertMisuse("--interpreters", "map", "--interpreters", "many", file + ":f", file);
    assertMisuse("--python names no CPython", "--python", " ", "run", file);
    assertMisuse("scripts/clutch", "classpath");
  }

  @Test
  void everySubcommandHasHelp() {
    for (String subcommand : List.of("info", "run", "map", "classpath")) {
      assertThat(execute(subcommand, "--help")).isZero();
      assertThat(out.toString()).contains("clutch " + subcommand, "--python");
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void leavesTheScriptsOptionsToTheScript() {
    ParseResult parsed =
        ClutchCli.commandLine().parseArgs("--python", "3.12", "run", "s.py", "--python", "x", "-h");
    RunCommand run = (RunCommand) parsed.subcommand().commandSpec().userObject();
    assertThat(run.args).containsExactly("--python", "x", "-h");
    assertThat(run.clutch.python).isEqualTo("3.12");
  }

  @Test
  void warmsUpWithInputsFromAllOver() {
    List<String> inputs = IntStream.range(0, 100).mapToObj(String::valueOf).toList();
    assertThat(MapCommand.spread(inputs)).hasSize(10).startsWith("0", "10").endsWith("90");
    assertThat(MapCommand.spread(inputs.subList(0, 2))).containsExactly("0", "1");
    assertThat(MapCommand.spread(List.of())).isEmpty();
  }

  private void assertMisuse(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(execute(args)).isEqualTo(ClutchCli.MISUSED);
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains(message);
    assertThat(out.toString()).isEmpty();
  }

  private int execute(String... args) {
    CommandLine commandLine = ClutchCli.commandLine();
    return commandLine
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
