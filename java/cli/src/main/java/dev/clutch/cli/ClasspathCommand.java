package dev.clutch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code clutch classpath}. */
@Command(
    name = "classpath",
    description = "Prints the class path of a program that uses Clutch, for java -cp.")
final class ClasspathCommand implements Callable<Integer> {
  /** Names the file that the build wrote the class path of {@code dev.clutch:clutch} to. */
  static final String FILE_PROPERTY = "clutch.cli.classpath";

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    spec.commandLine().getOut().println(read(System.getProperty(FILE_PROPERTY)));
    return 0;
  }

  private static String read(@Nullable String file) throws IOException {
    if (file == null) {
      throw new UserError("the class path is known to scripts/clutch only; start it that way");
    }
    return Files.readString(Path.of(file)).strip();
  }
}
