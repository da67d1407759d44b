package dev.clutch;

import java.util.Objects;

/**
 * How an interpreter is made: {@code PyInterpreterConfig} field by field, and where its output
 * goes. Immutable; start from {@link #isolated()} or {@link #legacy()} and change what differs
 * through {@link #toBuilder()}.
 *
 * @param useMainObmalloc {@code use_main_obmalloc}: share the main interpreter's object allocator
 * @param allowFork {@code allow_fork}: whether {@code os.fork} works
 * @param allowExec {@code allow_exec}: whether {@code os.execv} works
 * @param allowThreads {@code allow_threads}: whether {@code threading} may start threads
 * @param allowDaemonThreads {@code allow_daemon_threads}: whether they may be daemon threads
 * @param checkMultiInterpExtensions {@code check_multi_interp_extensions}: refuse extension modules
 *     that do not support multiple interpreters
 * @param gil {@code gil}: whose GIL it runs under
 * @param roundNanoseconds whether a Java time or duration with nanoseconds is rounded (half to
 *     even) to the microseconds that Python has, instead of being refused
 * @param memoryLimit how many bytes it may have in the arenas of its object allocator and in large
 *     blocks together; past it Python code gets a {@code MemoryError}. 0 for no limit
 * @param stdout where {@code sys.stdout} goes
 * @param stderr where {@code sys.stderr} goes
 * @param policy what its Python code may not do
 * @param importGuard which extension modules are refused before they are loaded; without effect
 *     where {@code checkMultiInterpExtensions} is not set
 */
public record InterpreterConfig(
    boolean useMainObmalloc,
    boolean allowFork,
    boolean allowExec,
    boolean allowThreads,
    boolean allowDaemonThreads,
    boolean checkMultiInterpExtensions,
    Gil gil,
    boolean roundNanoseconds,
    long memoryLimit,
    Output stdout,
    Output stderr,
    Policy policy,
    ImportGuard importGuard) {

  private static final InterpreterConfig ISOLATED =
      new InterpreterConfig(
          false,
          false,
          false,
          true,
          false,
          true,
          Gil.OWN,
          false,
          0,
          Output.stdout(),
          Output.stderr(),
          Policy.none(),
          ImportGuard.STATIC);

  private static final InterpreterConfig LEGACY =
      new InterpreterConfig(
          true,
          true,
          true,
          true,
          true,
          false,
          Gil.SHARED,
          false,
          0,
          Output.stdout(),
          Output.stderr(),
          Policy.none(),
          ImportGuard.STATIC);

  /**
   * Refuses what {@code Py_NewInterpreterFromConfig} would refuse.
   *
   * @throws IllegalArgumentException for a combination that CPython forbids, with the reason
   */
  public InterpreterConfig {
    Objects.requireNonNull(gil, "gil");
    Objects.requireNonNull(stdout, "stdout");
    Objects.requireNonNull(stderr, "stderr");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(importGuard, "importGuard");
    if (!useMainObmalloc && !checkMultiInterpExtensions) {
      throw new IllegalArgumentException(
          "useMainObmalloc=false needs checkMultiInterpExtensions=true: a single-phase extension"
              + " module keeps objects across interpreters, which an interpreter with its own"
              + " allocator cannot share; set one of the two");
    }
    if (useMainObmalloc && gil == Gil.OWN) {
      throw new IllegalArgumentException(
          "gil=OWN needs useMainObmalloc=false: the main interpreter's allocator is guarded by the"
              + " main interpreter's GIL only; use SHARED, or an allocator of its own");
    }
    if (importGuard == ImportGuard.STRICT && !checkMultiInterpExtensions) {
      throw new IllegalArgumentException(
          "importGuard=STRICT needs checkMultiInterpExtensions=true: without it no extension module"
              + " is refused");
    }
    if (memoryLimit < 0) {
      throw new IllegalArgumentException("memoryLimit=" + memoryLimit + " is negative");
    }
    if (useMainObmalloc && memoryLimit > 0) {
      throw new IllegalArgumentException(
          "memoryLimit needs useMainObmalloc=false: in the main interpreter's allocator its objects"
              + " cannot be told from others'");
    }
  }

  /**
   * An interpreter with its own GIL and nothing shared: {@code _PyInterpreterConfig_INIT}, PEP
   * 684's "isolated". The default.
   */
  public static InterpreterConfig isolated() {
    return ISOLATED;
  }

  /**
   * An interpreter under the main interpreter's GIL, as before PEP 684: {@code
   * _PyInterpreterConfig_LEGACY_INIT}. Extension modules that cannot live under an own GIL work
   * here; two of them never run at the same time.
   */
  public static InterpreterConfig legacy() {
    return LEGACY;
  }

  /** A builder that starts from this configuration. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Changes single fields of a configuration. Not thread-safe. */
  public static final class Builder {
    private boolean useMainObmalloc;
    private boolean allowFork;
    private boolean allowExec;
    private boolean allowThreads;
    private boolean allowDaemonThreads;
    private boolean checkMultiInterpExtensions;
    private Gil gil;
    private boolean roundNanoseconds;
    private long memoryLimit;
    private Output stdout;
    private Output stderr;
    private Policy policy;
    private ImportGuard importGuard;

    private Builder(InterpreterConfig start) {
      useMainObmalloc = start.useMainObmalloc;
      allowFork = start.allowFork;
      allowExec = start.allowExec;
      allowThreads = start.allowThreads;
      allowDaemonThreads = start.allowDaemonThreads;
      checkMultiInterpExtensions = start.checkMultiInterpExtensions;
      gil = start.gil;
      roundNanoseconds = start.roundNanoseconds;
      memoryLimit = start.memoryLimit;
      stdout = start.stdout;
      stderr = start.stderr;
      policy = start.policy;
      importGuard = start.importGuard;
    }

    /** Sets {@code use_main_obmalloc}. */
    public Builder useMainObmalloc(boolean value) {
      useMainObmalloc = value;
      return this;
    }

    /** Sets {@code allow_fork}. */
    public Builder allowFork(boolean value) {
      allowFork = value;
      return this;
    }

    /** Sets {@code allow_exec}. */
    public Builder allowExec(boolean value) {
      allowExec = value;
      return this;
    }

    /** Sets {@code allow_threads}. */
    public Builder allowThreads(boolean value) {
      allowThreads = value;
      return this;
    }

    /** Sets {@code allow_daemon_threads}. */
    public Builder allowDaemonThreads(boolean value) {
      allowDaemonThreads = value;
      return this;
    }

    /** Sets {@code check_multi_interp_extensions}. */
    public Builder checkMultiInterpExtensions(boolean value) {
      checkMultiInterpExtensions = value;
      return this;
    }

    /** Sets {@code gil}. */
    public Builder gil(Gil value) {
      gil = value;
      return this;
    }

    /** Sets whether nanoseconds are rounded to microseconds, or refused. */
    public Builder roundNanoseconds(boolean value) {
      roundNanoseconds = value;
      return this;
    }

    /**
     * Bounds its memory.
     *
     * <p>Counted are the arenas of its object allocator (1 MiB each) and what CPython allocates
     * beside them ({@code PYMEM_DOMAIN_RAW}), which are all objects of Python; not counted is what
     * C libraries take from the system themselves, as {@code sqlite3}, {@code zlib} and {@code
     * mmap} do, and memory that it shares with others. The last eighth, of at most 1 MiB, is kept
     * for code that handles the {@code MemoryError}. An interpreter that has done nothing yet has
     * about 3 MiB.
     *
     * @param bytes 0 for no limit
     * @see Interpreter#memory()
     */
    public Builder memoryLimit(long bytes) {
      memoryLimit = bytes;
      return this;
    }

    /** Sends {@code sys.stdout} there. */
    public Builder stdout(Output value) {
      stdout = value;
      return this;
    }

    /** Sends {@code sys.stderr} there. */
    public Builder stderr(Output value) {
      stderr = value;
      return this;
    }

    /** Sets what its Python code may not do. */
    public Builder policy(Policy value) {
      policy = value;
      return this;
    }

    /** Sets which extension modules are refused before they are loaded. */
    public Builder importGuard(ImportGuard value) {
      importGuard = value;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException for a combination that CPython forbids
     */
    public InterpreterConfig build() {
      return new InterpreterConfig(
          useMainObmalloc,
          allowFork,
          allowExec,
          allowThreads,
          allowDaemonThreads,
          checkMultiInterpExtensions,
          gil,
          roundNanoseconds,
          memoryLimit,
          stdout,
          stderr,
          policy,
          importGuard);
    }
  }
}
