package dev.clutch;

import dev.clutch.internal.NativeRuntime;
import dev.clutch.spi.PythonInstallation;
import dev.clutch.spi.PythonLocator;
import java.nio.file.Path;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The CPython in this process. There is one, it is started once, and it is never finalized: a JVM
 * exits with it, after a shutdown hook has flushed output and run the {@code atexit} functions of
 * the interpreters still open.
 *
 * <p>{@link Interpreters} starts it by itself with {@link PythonOptions#defaults()}; a program that
 * wants another CPython calls {@link #start(PythonOptions)} first. Thread-safe.
 */
public final class PythonRuntime {
  private static final Object LOCK = new Object();
  private static volatile @Nullable PythonRuntime started;

  private final PythonOptions options;
  private final PythonInstallation installation;

  private PythonRuntime(PythonOptions options, PythonInstallation installation) {
    this.options = options;
    this.installation = installation;
  }

  /**
   * Starts CPython with the default options, or returns the runtime that is started already.
   *
   * @throws PythonUnavailableException if it cannot be started
   */
  public static PythonRuntime start() {
    PythonRuntime runtime = started;
    return runtime != null ? runtime : startOnce(null);
  }

  /**
   * Starts CPython, or returns the runtime started before with the same options.
   *
   * @throws PythonUnavailableException if it cannot be started
   * @throws IllegalStateException if it is started with other options already
   */
  public static PythonRuntime start(PythonOptions options) {
    return startOnce(Objects.requireNonNull(options, "options"));
  }

  /** The full version, such as {@code 3.14.3}. */
  public String version() {
    return installation.version();
  }

  /** Such as {@code 3.14}. */
  String minorVersion() {
    return installation.minorVersion();
  }

  /**
   * The prefix given to CPython; null where CPython finds it itself, as for a virtual environment.
   */
  public @Nullable Path home() {
    return installation.home();
  }

  /** The libpython that is loaded. */
  public Path library() {
    return installation.library();
  }

  /** What {@code sys.executable} is; null if the installation has none. */
  public @Nullable Path executable() {
    return installation.executable();
  }

  /** Where this CPython comes from, for people to read, such as {@code bundled}. */
  public String origin() {
    return installation.origin();
  }

  /** The options it was started with. */
  public PythonOptions options() {
    return options;
  }

  private static PythonRuntime startOnce(@Nullable PythonOptions wanted) {
    synchronized (LOCK) {
      PythonRuntime runtime = started;
      if (runtime == null) {
        runtime = load(wanted == null ? PythonOptions.defaults() : wanted);
        started = runtime;
      } else if (wanted != null && !wanted.equals(runtime.options)) {
        throw new IllegalStateException(
            "CPython "
                + runtime.version()
                + " runs in this process already, started with "
                + runtime.options
                + "; a process has one CPython, so "
                + wanted
                + " needs a process of its own");
      }
      return runtime;
    }
  }

  private static PythonRuntime load(PythonOptions options) {
    PythonLocator locator = locator();
    PythonInstallation installation = locator.locate(options.python());
    locator.open(installation);
    NativeRuntime.start(installation);
    InterpreterRegistry.adoptMain();
    return new PythonRuntime(options, installation);
  }

  private static PythonLocator locator() {
    return ServiceLoader.load(PythonLocator.class, PythonRuntime.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new PythonUnavailableException(
                    "nothing on the class path finds a CPython: add the dependency"
                        + " dev.clutch:clutch, or dev.clutch:clutch-discovery"));
  }
}
