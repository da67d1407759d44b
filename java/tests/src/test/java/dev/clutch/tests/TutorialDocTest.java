package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of the documentation compiles, and prints what is said there. */
@Timeout(60)
class TutorialDocTest {
  private static final Path DOCS = Path.of(System.getProperty("basedir", ""), "../../docs");

  /** Java, and what it prints, if that is said. */
  private static final Pattern PIECE =
      Pattern.compile("```java\n(.*?)```\n(?:```text\n(.*?)```\n)?", Pattern.DOTALL);

  private static final String IMPORTS =
      """
      import dev.clutch.*;
      import java.nio.*;
      import java.time.*;
      import java.util.*;
      import java.util.function.*;
      """;

  private record Piece(String code, String printed) {}

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tutorial.md", "channels.md"})
  void printsWhatItSays(String name) throws Exception {
    List<Piece> pieces = pieces(Files.readString(DOCS.resolve(name)));
    compile(program(pieces));
    assertThat(run()).isEqualTo(pieces.stream().map(Piece::printed).toList());
  }

  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    Matcher matcher = PIECE.matcher(text);
    while (matcher.find()) {
      pieces.add(new Piece(matcher.group(1), Objects.requireNonNullElse(matcher.group(2), "")));
    }
    assertThat(pieces).as("pieces of Java").isNotEmpty();
    return pieces;
  }

  /** One method, so that a piece sees what those before it declared. */
  private static String program(List<Piece> pieces) {
    StringBuilder body = new StringBuilder();
    for (Piece piece : pieces) {
      body.append(piece.code).append("endOfPiece.run();\n");
    }
    return IMPORTS
        + "public class Tutorial {\n"
        + "public static void run(Runnable endOfPiece) throws Exception {\n"
        + body
        + "}\n}\n";
  }

  private void compile(String program) throws Exception {
    Path source = Files.writeString(folder.resolve("Tutorial.java"), program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(errors, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as("%s\n%s", errors, program).isTrue();
    }
  }

  /** What each piece printed. */
  private List<String> run() throws Exception {
    List<String> printed = new ArrayList<>();
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    Runnable endOfPiece =
        () -> {
          printed.add(piece.toString(StandardCharsets.UTF_8));
          piece.reset();
        };
    PrintStream before = System.out;
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes);
        PrintStream out = new PrintStream(piece, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      loader.loadClass("Tutorial").getMethod("run", Runnable.class).invoke(null, endOfPiece);
    } catch (InvocationTargetException failed) {
      throw new AssertionError("piece " + (printed.size() + 1), failed.getCause());
    } finally {
      System.setOut(before);
    }
    return printed;
  }
}
