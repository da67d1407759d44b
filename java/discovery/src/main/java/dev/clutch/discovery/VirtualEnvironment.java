package dev.clutch.discovery;

import dev.clutch.spi.PythonInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A virtual environment. Its {@code pyvenv.cfg} names the folder of the executable it was made
 * with, and CPython's own start-up code reads that file when it is told the environment's
 * executable, so that only the libpython is left to be found.
 */
final class VirtualEnvironment {
  private static final String CONFIGURATION = "pyvenv.cfg";

  private final Path folder;
  private final Path executable;
  private final Map<String, String> configuration;

  private VirtualEnvironment(Path folder, Path executable) {
    this.folder = folder;
    this.executable = executable;
    this.configuration = read(folder.resolve(CONFIGURATION));
  }

  /** The environment in {@code folder}. */
  static VirtualEnvironment in(Path folder) {
    if (!Files.exists(folder.resolve(CONFIGURATION))) {
      throw Installations.refusal(folder, noEnvironment(folder));
    }
    return Stream.of("bin/python", "bin/python3")
        .map(folder::resolve)
        .filter(Files::isExecutable)
        .findFirst()
        .map(executable -> new VirtualEnvironment(folder, executable))
        .orElseThrow(
            () ->
                Installations.refusal(
                    folder,
                    "it is a virtual environment whose bin/python is missing or leads nowhere;"
                        + " make it again"));
  }

  private static String noEnvironment(Path folder) {
    String reason = "it is a folder but no virtual environment, for it has no " + CONFIGURATION;
    Path executable = folder.resolve("bin/python3");
    return Files.exists(executable)
        ? reason + "; to use the Python in it give " + executable
        : reason;
  }

  /** The environment that CPython sees when this executable starts: symbolic links count not. */
  static Optional<VirtualEnvironment> around(Path executable) {
    Path bin = executable.toAbsolutePath().resolveSibling("");
    return Stream.of(bin, bin.resolve("..").normalize())
        .filter(folder -> Files.exists(folder.resolve(CONFIGURATION)))
        .findFirst()
        .map(folder -> new VirtualEnvironment(folder, executable));
  }

  PythonInstallation installation() {
    return Installations.ofVirtualEnvironment(base().library(), executable);
  }

  private PythonExecutable base() {
    Path home = Path.of(require("home"));
    return baseNames().stream()
        .map(home::resolve)
        .flatMap(file -> PythonExecutable.at(file).stream())
        .filter(this::madeThis)
        .findFirst()
        .orElseThrow(
            () ->
                Installations.refusal(
                    folder,
                    "it was made with CPython "
                        + Optional.ofNullable(minor()).orElse("3")
                        + " in "
                        + home
                        + ", which is not there; make it again"));
  }

  private List<String> baseNames() {
    String minor = minor();
    return minor == null ? List.of("python3", "python") : List.of("python" + minor, "python3");
  }

  private boolean madeThis(PythonExecutable candidate) {
    PythonVersion version = candidate.name().version();
    String minor = minor();
    return version == null || minor == null || version.minorVersion().equals(minor);
  }

  /** {@code venv} writes {@code version}; there virtualenv may have its own, besides this. */
  private @Nullable String minor() {
    String text = configuration.getOrDefault("version_info", configuration.get("version"));
    PythonVersion version = text == null ? null : PythonVersion.parse(text);
    return version == null ? null : version.minorVersion();
  }

  private String require(String key) {
    String value = configuration.get(key);
    if (value == null) {
      throw Installations.refusal(
          folder, "its " + CONFIGURATION + " has no line \"" + key + " = ...\"; make it again");
    }
    return value;
  }

  private static Map<String, String> read(Path file) {
    Map<String, String> values = new HashMap<>();
    try (Stream<String> lines = Files.lines(file)) {
      lines
          .map(line -> line.split("=", 2))
          .filter(pair -> pair.length == 2)
          .forEach(pair -> values.put(pair[0].strip().toLowerCase(Locale.ROOT), pair[1].strip()));
    } catch (IOException | UncheckedIOException e) {
      throw Installations.refusal(file, "it cannot be read (" + e + ")");
    }
    return values;
  }
}
