package dev.clutch;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Creates and finds Python interpreters: the module functions of PEP 554 and PEP 734. The first use
 * starts CPython with {@link PythonOptions#defaults()} unless {@link PythonRuntime#start} did
 * before.
 *
 * <h2>Isolation</h2>
 *
 * Interpreters share no Python object. Each has its own modules, its own {@code __main__} and, by
 * default, its own GIL, so that Python code in two of them runs at the same time.
 *
 * <h2>Threads</h2>
 *
 * Python code runs on the thread that calls. Every Java thread, virtual threads included, may use
 * every interpreter. See {@link Interpreter} for what may happen at the same time.
 *
 * <h2>Exit</h2>
 *
 * When the JVM exits, the interpreters still open flush their output and run their {@code atexit}
 * functions, within a bounded time; the JVM's exit status is the program's own.
 */
public final class Interpreters {
  private Interpreters() {}

  /**
   * Creates an interpreter with its own GIL.
   *
   * @throws PythonUnavailableException if CPython cannot be started
   * @throws InterpreterException if CPython could not create the interpreter
   */
  public static Interpreter create() {
    return create(InterpreterConfig.isolated());
  }

  /**
   * Creates an interpreter ({@code Py_NewInterpreterFromConfig}).
   *
   * @throws PythonUnavailableException if CPython cannot be started
   * @throws InterpreterException if CPython could not create the interpreter
   */
  public static Interpreter create(InterpreterConfig config) {
    Objects.requireNonNull(config, "config");
    PythonRuntime.start();
    return InterpreterRegistry.create(config);
  }

  /**
   * The interpreters that are open, by id, the main one first. Those that Python code made (with
   * {@code concurrent.interpreters}) are listed too; they belong to that code, so Java can only
   * look at them.
   */
  public static List<Interpreter> listAll() {
    PythonRuntime.start();
    return InterpreterRegistry.listAll();
  }

  /** The main interpreter. Its GIL is the one that {@link InterpreterConfig#legacy()} shares. */
  public static Interpreter getMain() {
    PythonRuntime.start();
    return InterpreterRegistry.main();
  }

  /**
   * Inside a callback, the interpreter whose Python code called it on this thread; empty anywhere
   * else.
   */
  public static Optional<Interpreter> getCurrent() {
    return InterpreterRegistry.current();
  }
}
