package dev.clutch.discovery;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Byte-compiles the standard library of an extracted bundle, in a child process.
 *
 * <p>Without it every first import compiles, and every process does so that cannot write to the
 * cache. CPython writes each file under another name and renames it, so that a kill half-way, or
 * two compilers at once, do no harm.
 */
final class StdlibCompiler {
  private static final System.Logger LOGGER = System.getLogger("dev.clutch.discovery");

  private static final long TIMEOUT_SECONDS = 120;

  /** Leaves out tests, some of which are wrong on purpose, demos, and what is not the library. */
  private static final String PROGRAM =
      """
      import compileall, re, sys
      stdlib = sys.argv[1]
      left_out = "/(test|idlelib|turtledemo|lib2to3/tests|site-packages)/"
      if not compileall.compile_dir(
          stdlib, quiet=1, workers=0, rx=re.compile("^" + re.escape(stdlib) + left_out)
      ):
          sys.exit(1)
      """;

  private final Path bundle;
  private final String minor;

  StdlibCompiler(Path bundle, String minor) {
    this.bundle = bundle;
    this.minor = minor;
  }

  /** Compiles, or warns: Python works without, only its first imports take longer. */
  void compile() {
    Path output = bundle.resolve("compileall.log");
    try {
      int status = run(output);
      if (status != 0) {
        warn("status " + status + ": " + Files.readString(output), null);
      }
      Files.delete(output);
    } catch (IOException e) {
      warn(e.toString(), e);
    }
  }

  private int run(Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            bundle.resolve("bin/python" + minor).toString(),
            "-I",
            "-c",
            PROGRAM,
            bundle.resolve("lib/python" + minor).toString());
    useOnly(builder.environment(), bundle);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile())).start();
    try {
      return await(process);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static int await(Process process) throws IOException {
    try {
      if (process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      throw new IOException("still running after " + TIMEOUT_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What is preloaded into this JVM, such as a sanitizer, is not meant for the child. */
  private static void useOnly(Map<String, String> environment, Path bundle) {
    environment.keySet().retainAll(Set.of("TMPDIR", "PATH", "HOME"));
    environment.put("LD_LIBRARY_PATH", bundle.toString());
  }

  private void warn(String what, @Nullable Throwable cause) {
    LOGGER.log(
        System.Logger.Level.WARNING,
        "Could not byte-compile the standard library in "
            + bundle
            + ", so first imports take longer: "
            + what,
        cause);
  }
}
