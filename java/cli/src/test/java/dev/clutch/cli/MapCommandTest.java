package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clutch map}. */
class MapCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFunctions() throws Exception {
    Files.writeString(
        folder.resolve("functions.py"),
        """
        import random, sys, time

        def upper(text):
            time.sleep(random.random() / 500)
            return text.upper()

        def picky(text):
            print("called with", text)
            if text == "bad":
                raise ValueError("no " + text)
            if text == "exit":
                sys.exit(5)
            return {"length": len(text), "none": None}

        def randomly(text):
            return random.random()

        class Namespace:
            @staticmethod
            def size(path):
                with open(path, "rb") as file:
                    return len(file.read())

        if __name__ == "__main__":
            raise AssertionError("imported, not run")
        """);
  }

  @Test
  void printsResultsInTheOrderOfTheInputs() throws Exception {
    List<String> inputs = IntStream.range(0, 300).mapToObj(i -> "line " + i).toList();
    CliProcess map =
        map(String.join("\n", inputs), "--interpreters", "4", "functions.py:upper", "-");
    assertThat(map.outLines())
        .containsExactlyElementsOf(
            inputs.stream()
                .map(
                    in ->
                        "{\"input\":\""
                            + in
                            + "\",\"result\":\""
                            + in.toUpperCase(Locale.ROOT)
                            + "\"}")
                .toList());
    assertThat(map.errLines()).hasSize(1);
    assertThat(map.err()).contains("300 inputs, 0 failures", "on 4 interpreters");
    assertThat(map.status()).isZero();
  }

  @Test
  void reportsFailuresAndGoesOn() throws Exception {
    CliProcess map = map("good\nbad\nexit\nbetter\n", "functions.py:picky");
    assertThat(map.status()).isEqualTo(1);
    List<Map<String, Object>> lines = json(map);
    assertThat(lines.get(0).get("result")).hasToString("{length=4, none=null}");
    assertThat(error(lines.get(1)))
        .containsEntry("type", "ValueError")
        .containsEntry("message", "no bad");
    assertThat(error(lines.get(1)).get("traceback").toString())
        .startsWith("Traceback (most recent call last):\n")
        .endsWith("\nValueError: no bad\n");
    assertThat(error(lines.get(2))).containsEntry("type", "SystemExit");
    assertThat(lines.get(3).get("result")).hasToString("{length=6, none=null}");
    assertThat(map.errLines())
        .contains("called with good", "called with better", "  length=10")
        .anyMatch(line -> line.startsWith("4 inputs, 2 failures, "));
  }

  @Test
  void mapsFilesBelowAFolder() throws Exception {
    Files.writeString(folder.resolve("é.txt"), "12345");
    Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/b.txt"), "123");
    CliProcess map = map("", "--glob", "*.txt", "functions.py:Namespace.size", ".");
    assertThat(map.outLines())
        .containsExactly(
            "{\"input\":\"./sub/b.txt\",\"result\":3}", "{\"input\":\"./é.txt\",\"result\":5}");
    assertThat(map.errLines()).contains("  result=8");
  }

  @Test
  void comparesWithOneInterpreter() throws Exception {
    CliProcess map = map("a\nb\nc\n", "--compare", "--interpreters", "2", "functions.py:picky");
    assertThat(map.status()).isZero();
    assertThat(map.outLines()).hasSize(3);
    assertThat(map.errLines())
        .anyMatch(line -> line.startsWith("3 inputs, 0 failures") && line.contains("2 interp"))
        .anyMatch(line -> line.startsWith("3 inputs, 0 failures") && line.contains("1 interp"))
        .anyMatch(
            line -> line.matches("speed-up \\d+\\.\\d\\d: wall time .* the results are the same"));
  }

  @Test
  void saysSoWhenTheComparedResultsDiffer() throws Exception {
    CliProcess map = map("a\nb\n", "--compare", "functions.py:randomly");
    assertThat(map.status()).isEqualTo(1);
    assertThat(map.err()).contains("clutch: the results of both runs differ, first for a\n");
  }

  @Test
  void namesTheFunctionThatIsMissing() throws Exception {
    CliProcess map = map("", "functions.py:gone", "functions.py");
    assertThat(map.status()).isEqualTo(ClutchCli.MISUSED);
    assertThat(map.err()).isEqualTo("clutch: functions.py has no function gone\n");
  }

  @Test
  void showsWhyTheFileCannotBeImported() throws Exception {
    Files.writeString(folder.resolve("broken.py"), "import no_such_module");
    CliProcess map = map("", "broken.py:f", "functions.py");
    assertThat(map.status()).isEqualTo(1);
    assertThat(map.out()).isEmpty();
    assertThat(map.err())
        .contains(folder.resolve("broken.py") + "\", line 1")
        .endsWith("ModuleNotFoundError: No module named 'no_such_module'\n");
  }

  @Test
  void countsTheTokensOfTheExample() throws Exception {
    Path example = Path.of("../../examples/count_tokens.py").toRealPath();
    CliProcess map = map("", example + ":count_tokens", example.toString());
    assertThat(map.status()).isZero();
    assertThat(map.err()).contains("files=1 tokens=").contains("errors=0");
  }

  private CliProcess map(String stdin, String... args) throws Exception {
    String[] command = new String[args.length + 1];
    command[0] = "map";
    System.arraycopy(args, 0, command, 1, args.length);
    return CliProcess.run(folder, stdin, command);
  }

  private static List<Map<String, Object>> json(CliProcess map) throws Exception {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String line : map.outLines()) {
      lines.add(JSON.std.mapFrom(line));
    }
    return lines;
  }

  private static Map<String, Object> error(Map<String, Object> line) {
    return cast(line.get("error"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Object map) {
    return (Map<String, Object>) map;
  }
}
