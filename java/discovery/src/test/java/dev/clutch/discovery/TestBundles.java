package dev.clutch.discovery;

import dev.clutch.spi.PythonInstallation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bundles on the test class path, extracted once into the cache that all tests share. */
final class TestBundles {
  static final Path CACHE = Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"));

  private static final DiscoveringLocator LOCATOR =
      new DiscoveringLocator(TestBundles.class.getClassLoader(), Map::of);

  private TestBundles() {}

  static PythonInstallation bundle(String minor) {
    return LOCATOR.locate(minor);
  }

  static Path library(String minor) {
    return bundle(minor).library();
  }

  static Path folder(String minor) {
    return library(minor).getParent();
  }

  /** Runs the bundled executable and returns what it prints. */
  static String run(String minor, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(folder(minor).resolve("bin/python" + minor).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", folder(minor).toString());
    builder.environment().put("PYTHONHOME", folder(minor).toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + ":\n" + output);
    }
    return output;
  }
}
