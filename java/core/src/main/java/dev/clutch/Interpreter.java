package dev.clutch;

import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import dev.clutch.internal.Interrupts;
import dev.clutch.internal.JavaObjects;
import dev.clutch.internal.NativeAccount;
import dev.clutch.internal.NativeInterpreter;
import dev.clutch.internal.PythonStacks;
import dev.clutch.internal.Wanted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A CPython interpreter in this process.
 *
 * <h2>Threads</h2>
 *
 * Python code runs on the calling thread. {@link #eval}, {@link #call}, {@link #get} and {@link
 * #set} may be used by several threads at the same time; the interpreter's GIL decides who
 * proceeds. {@link #run} is exclusive among {@code run}s, as PEP 734 has it: a second one fails
 * with {@link InterpreterBusyException} instead of waiting. A Java callback that Python calls may
 * use any interpreter, its own included.
 *
 * <h2>Values</h2>
 *
 * <table>
 *   <caption>What crosses, by value</caption>
 *   <tr><th>Java<th>Python<th>back in Java
 *   <tr><td>null, Boolean<td>None, bool<td>the same
 *   <tr><td>Byte to Long, BigInteger<td>int<td>Long, or BigInteger past 64 bits
 *   <tr><td>Float, Double<td>float<td>Double
 *   <tr><td>Character, CharSequence<td>str<td>String; unpaired surrogates survive
 *   <tr><td>{@code byte[]}<td>bytes<td>{@code byte[]}
 *   <tr><td>{@code boolean[]}, other primitive arrays<td>clutch.BooleanArray, array.array
 *     <td>the same type of array
 *   <tr><td>Collection, Set, Map, {@code Object[]}<td>list, set, dict, tuple
 *     <td>List, Set, Map in their order; a tuple is an unmodifiable List
 *   <tr><td>direct ByteBuffer<td>memoryview, not copied<td>ByteBuffer
 *   <tr><td>BigDecimal, UUID<td>Decimal, UUID<td>the same; a Decimal that is infinite, not a number
 *     or a negative zero is a PyObject
 *   <tr><td>LocalDate, LocalTime, LocalDateTime, Duration<td>date, time, datetime, timedelta
 *     <td>the same
 *   <tr><td>OffsetDateTime, Instant<td>datetime with a timezone<td>OffsetDateTime
 *   <tr><td>{@link InterpreterQueue}, an end of a {@link Channel}<td>clutch.Queue, clutch.SendEnd,
 *     clutch.ReceiveEnd<td>the same
 *   <tr><td>{@link SharedBuffer}<td>memoryview, not copied<td>ByteBuffer; its {@code obj}, a
 *     clutch.SharedBuffer, is a SharedBuffer
 *   <tr><td>an end of a {@link Pipe}<td>io.FileIO with a descriptor of its own<td>PyObject
 *   <tr><td>{@link Pickled}<td>the object, unpickled<td>what that is
 *   <tr><td>functional interfaces, {@link JavaCallable}<td>a callable<td>the same Java object
 *   <tr><td>{@link PyObject}, {@link PyFunction} of this interpreter<td>the object itself
 *     <td>PyObject
 *   <tr><td>anything else<td>{@link NotShareableException}<td>every other Python object is a PyObject
 * </table>
 *
 * A subclass of bool, int, float, str, bytes, list, tuple, set or dict crosses as its base; a
 * subclass of another of these types is a PyObject. Errors name the path to what they are about,
 * such as {@code args[0]["b"][3]}.
 *
 * <h2>Exit</h2>
 *
 * Every exception of Python code is a {@link PythonException}, {@code SystemExit} and {@code
 * KeyboardInterrupt} included. After {@link #close()} every method but {@link #id()}, {@link
 * #config()}, {@link #isClosed()} and {@link #close()} throws {@link InterpreterClosedException}.
 */
public final class Interpreter implements AutoCloseable {
  /** Who made an interpreter. */
  enum Origin {
    MAIN,
    CLUTCH,
    PYTHON
  }

  private static final Duration TIME_FOR_THE_GIL = Duration.ofMillis(50);

  private static final System.Logger LOG = System.getLogger("dev.clutch");

  private final long handle;
  private final long id;
  private final InterpreterConfig config;
  private final Origin origin;
  private final StandardStreams streams;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean closed;

  /** Why nobody gets in, or null. */
  private volatile @Nullable String unresponsive;

  Interpreter(long handle, long id, InterpreterConfig config, Origin origin) {
    this.handle = handle;
    this.id = id;
    this.config = config;
    this.origin = origin;
    this.streams = new StandardStreams(this, config);
  }

  /** The id that CPython gave it ({@code PyInterpreterState_GetID}); never used twice. */
  public long id() {
    return id;
  }

  /**
   * The configuration it was made with. Of the main interpreter, and of one that Python code made,
   * it tells what CPython documents for such.
   */
  public InterpreterConfig config() {
    return config;
  }

  /** Whether a {@code run} is in progress in it, on any thread. */
  public boolean isRunning() {
    return origin == Origin.PYTHON ? pythonSaysRunning() : running.get();
  }

  /** Whether {@link #close()} has closed it. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Executes statements in {@code __main__}; what they bind stays bound.
   *
   * @throws PythonException if the code raises, or does not compile
   * @throws InterpreterBusyException if another {@code run} is in progress
   * @throws InterpreterClosedException if it is closed
   */
  public void run(String source) {
    Objects.requireNonNull(source, "source");
    exclusively(() -> Execution.run(handle, source));
  }

  /**
   * Executes a file in {@code __main__}, with {@code __file__} set, heeding the file's own encoding
   * declaration (PEP 263).
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws PythonException if the code raises, or does not compile
   * @throws InterpreterBusyException if another {@code run} is in progress
   * @throws InterpreterClosedException if it is closed
   */
  public void run(Path file) {
    byte[] content = read(file);
    exclusively(() -> Execution.runFile(handle, file.toString(), content));
  }

  /**
   * Binds names in {@code __main__} (PEP 734's {@code prepare_main}): all of them, or none if one
   * value cannot cross.
   *
   * @throws NotShareableException if a value cannot cross
   * @throws InterpreterClosedException if it is closed
   */
  public void prepareMain(Map<String, ? extends @Nullable Object> values) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(values);
    perform(
        () -> {
          Execution.set(handle, copy);
          return null;
        });
  }

  /**
   * Binds a name in {@code __main__}.
   *
   * @throws NotShareableException if the value cannot cross
   * @throws InterpreterClosedException if it is closed
   */
  public void set(String name, @Nullable Object value) {
    Objects.requireNonNull(name, "name");
    prepareMain(Collections.singletonMap(name, value));
  }

  /**
   * The value bound to a name in {@code __main__}.
   *
   * @throws PythonException a {@code NameError} if there is none
   * @throws NotShareableException if the value cannot cross
   * @throws InterpreterClosedException if it is closed
   */
  public @Nullable Object get(String name) {
    Objects.requireNonNull(name, "name");
    return perform(() -> Execution.get(handle, name, Wanted.VALUE));
  }

  /**
   * Evaluates an expression in {@code __main__}.
   *
   * @throws PythonException if it raises, or does not compile
   * @throws NotShareableException if the value cannot cross
   * @throws InterpreterClosedException if it is closed
   */
  public @Nullable Object eval(String expression) {
    Objects.requireNonNull(expression, "expression");
    return perform(() -> Execution.eval(handle, expression, Wanted.VALUE));
  }

  /**
   * Evaluates an expression to a value of the given type: {@code None} is null, an {@code int} any
   * integral type it fits in.
   *
   * @throws NotShareableException if the value is not of that type, or does not fit; it names the
   *     value
   * @see #eval(String)
   */
  public <T> T eval(String expression, Class<T> type) {
    return Conversions.convert(evaluation(expression), type);
  }

  /**
   * Evaluates an expression to a value of the given type, type arguments included.
   *
   * @throws NotShareableException if the value, or something in it, is not of that type, or does
   *     not fit; it names the value and where it is
   * @see #eval(String, Class)
   */
  public <T> T eval(String expression, TypeToken<T> type) {
    return Conversions.convert(evaluation(expression), type);
  }

  private Conversions.Source evaluation(String expression) {
    Objects.requireNonNull(expression, "expression");
    return wanted -> perform(() -> Execution.eval(handle, expression, wanted));
  }

  /**
   * Calls a function with positional arguments.
   *
   * @param function a name of {@code __main__}, dotted or not ({@code "f"}, {@code "obj.method"}),
   *     or one of a module, which is imported ({@code "package.module:f.g"})
   * @throws PythonException if there is no such function, or it raises
   * @throws NotShareableException if an argument or the result cannot cross
   * @throws InterpreterClosedException if it is closed
   */
  public @Nullable Object call(String function, @Nullable Object... args) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(args, "args");
    return perform(() -> Execution.call(handle, function, args, Wanted.VALUE));
  }

  /**
   * Calls a function whose result is of the given type.
   *
   * @throws NotShareableException if the result is not of that type, or does not fit
   * @see #call(String, Object...)
   */
  public <T> T callAs(Class<T> type, String function, @Nullable Object... args) {
    return Conversions.convert(invocation(function, args), type);
  }

  /**
   * Calls a function whose result is of the given type, type arguments included.
   *
   * @throws NotShareableException if the result, or something in it, is not of that type, or does
   *     not fit
   * @see #call(String, Object...)
   */
  public <T> T callAs(TypeToken<T> type, String function, @Nullable Object... args) {
    return Conversions.convert(invocation(function, args), type);
  }

  private Conversions.Source invocation(String function, @Nullable Object[] args) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(args, "args");
    return wanted -> perform(() -> Execution.call(handle, function, args, wanted));
  }

  /**
   * Looks a function up, to call it often.
   *
   * @param function as with {@link #call}
   * @throws PythonException if there is nothing of that name, a {@code TypeError} if it cannot be
   *     called
   * @throws InterpreterClosedException if it is closed
   */
  public PyFunction function(String function) {
    Objects.requireNonNull(function, "function");
    PyObject found =
        (PyObject) Objects.requireNonNull(perform(() -> Execution.resolve(handle, function)));
    return new PyFunction(found, function);
  }

  /**
   * Keeps the calling thread attached: it holds the interpreter's GIL ({@code
   * PyEval_RestoreThread}) until the scope is closed, so that many small calls do not each take and
   * release it. Nested scopes of the same interpreter cost nothing.
   *
   * @throws InterpreterClosedException if it is closed
   * @throws InterpreterBusyException if another thread keeps it attached and does nothing in it
   * @throws IllegalStateException on a virtual thread, or if this thread is attached to another
   *     interpreter
   */
  public Attachment attach() {
    return Attachment.open(this, usableHandle());
  }

  /**
   * The memory that it has now. From any thread; waits for nobody, not for the GIL either. Of the
   * main interpreter it counts what was allocated after CPython had started.
   *
   * @throws InterpreterClosedException if it is closed
   * @throws InterpreterException if Python code made it, as its memory is not counted then
   */
  public InterpreterMemory memory() {
    refuseIfClosed();
    refuseUnlessOurs("measured");
    long[] numbers = new long[6];
    if (!NativeAccount.read(handle, numbers)) {
      throw new InterpreterClosedException(this + " is closed, or being closed");
    }
    return new InterpreterMemory(
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  }

  /**
   * This interpreter, for calls that end after a time.
   *
   * @param timeout how long each call may take
   * @throws IllegalArgumentException if it is negative
   */
  public TimeLimited withTimeout(Duration timeout) {
    return new TimeLimited(this, timeout);
  }

  /**
   * Raises {@code clutch.Interrupted} in every thread that runs Python code in it now, the calling
   * one excepted, and those that Python code started included. The code ends when it next reaches
   * bytecode, and its caller gets a {@link PythonInterruptedException}; {@code finally} blocks run.
   * Code that Java called and that swallows the interrupt gets another one, until it ends; in an
   * {@code except} or {@code finally} that an interrupt led to it has a second before that. Code
   * that waits in a C call, as for a lock, ends when that returns (docs/interrupts.md has a table).
   *
   * <p>From any thread; waits for nobody, not for the GIL either ({@code _PyEval_AddPendingCall}).
   * {@link Thread#interrupt} of a thread that is in Python does the same to what it runs, and
   * leaves the thread's interrupt status set.
   *
   * @throws InterpreterClosedException if it is closed
   * @throws InterpreterException if Python code made it
   */
  public void interrupt() {
    refuseUnlessOurs("interrupted");
    performAnyway(
        () -> {
          Interrupts.interrupt(handle);
          return null;
        });
  }

  /**
   * The Python frames of every thread in it now, the calling one included, which may be any. Works
   * also while a C call keeps the GIL, and when the interpreter is unresponsive for that reason:
   * then, and where no thread runs, the frames are read without the GIL. Takes milliseconds; in a
   * few cases, as when a C call keeps the GIL, a tenth of a second.
   *
   * @throws InterpreterClosedException if it is closed, or being closed
   * @throws InterpreterException if Python code made it, or the process has too many files open
   */
  public StackDump dumpStack() {
    refuseUnlessOurs("asked for its frames");
    return dumpStack(TIME_FOR_THE_GIL);
  }

  /** Waits so long for a thread that comes to bytecode, or lets others have the GIL. */
  StackDump dumpStack(Duration patience) {
    return (StackDump)
        Objects.requireNonNull(performAnyway(() -> PythonStacks.read(handle, patience.toNanos())));
  }

  /**
   * Closes it ({@code Py_EndInterpreter}): runs its {@code atexit} functions, flushes its output
   * and frees it. Does nothing if it is closed already.
   *
   * @throws InterpreterBusyException if code runs in it, a thread that Python code started
   *     included; it stays open then
   * @throws InterpreterException if it is the main interpreter, or one that Python code made
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    refuseUnlessOurs("closed");
    Attachment.refuseWhenAttached(this, "closed");
    try {
      NativeInterpreter.close(handle);
    } catch (Failure failure) {
      switch (failure.kind()) {
        case CLOSED -> closed = true; // by another thread, which sees to the rest
        case CLOSING -> {} // an exit function of its own closes it once more
        default -> throw Failures.thrown(this, failure, "close");
      }
      return;
    }
    closed = true;
    InterpreterRegistry.forget(this);
    JavaObjects.removeAll(handle);
    streams.finish();
  }

  /**
   * Interrupts what runs in it, as {@link #interrupt()}, waits until it has ended, and closes it.
   * The idle workers of thread pools ({@code concurrent.futures}) are let go too. A thread that
   * Python code started and that swallows the interrupt gets another one when half of the time is
   * over. Interrupting the calling thread does not end the wait.
   *
   * @param grace how long to wait at most
   * @throws InterpreterBusyException if code still runs in it then; it stays open
   * @throws InterpreterException if it is the main interpreter, or one that Python code made
   */
  public void close(Duration grace) {
    Attachment.refuseWhenAttached(this, "closed");
    new GracefulClose(this, grace).run();
  }

  @Override
  public String toString() {
    String state = closed ? ", closed" : origin == Origin.PYTHON ? ", made by Python code" : "";
    return "Interpreter[id=" + id + state + "]";
  }

  long handle() {
    return handle;
  }

  StandardStreams streams() {
    return streams;
  }

  /** Every use fails from then on, until it is closed. */
  void becomeUnresponsive(String reason) {
    unresponsive = reason;
  }

  /** Called when the code has ended that made it unresponsive. */
  void closeIfUnresponsive(Duration grace) {
    if (unresponsive == null || closed) {
      return;
    }
    try {
      close(grace);
    } catch (InterpreterException mainOrBusy) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} responds again, and could not be closed: {1}",
          this,
          mainOrBusy.getMessage());
      unresponsive = null;
    }
  }

  private boolean pythonSaysRunning() {
    Interpreter main = InterpreterRegistry.main();
    String module =
        PythonRuntime.start().version().startsWith("3.12.")
            ? "_xxsubinterpreters"
            : "_interpreters";
    return main.callAs(boolean.class, module + ":is_running", id);
  }

  /** Only one run at a time, as CPython's own running main thread of an interpreter. */
  private void exclusively(Runnable execution) {
    refuseUnlessUsable();
    if (!running.compareAndSet(false, true)) {
      throw new InterpreterBusyException(
          this
              + " runs other code already; wait for it, use call or eval, or give this code an"
              + " interpreter of its own");
    }
    try {
      perform(
          () -> {
            execution.run();
            return null;
          });
    } finally {
      running.set(false);
    }
  }

  /** The handle, after what a use needs was checked. */
  long usableHandle() {
    refuseUnlessUsable();
    return handle;
  }

  /** Without waiting for a thread that is attached and at work. */
  void callUrgently(String function) {
    performAnyway(() -> Execution.call(handle, function, new Object[0], Wanted.URGENT));
  }

  @Nullable Object perform(Supplier<@Nullable Object> request) {
    refuseUnlessUsable();
    return performAnyway(request);
  }

  /** Also if it does not respond. */
  private @Nullable Object performAnyway(Supplier<@Nullable Object> request) {
    refuseIfClosed();
    try {
      return request.get();
    } catch (Failure failure) {
      throw Failures.thrown(this, failure, "use");
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new InterpreterClosedException(this + " cannot be used any more");
    }
  }

  private void refuseUnlessUsable() {
    refuseIfClosed();
    if (unresponsive != null) {
      throw new InterpreterBusyException(this + " is unresponsive: " + unresponsive);
    }
    if (origin == Origin.PYTHON) {
      refuseUnlessOurs("used from Java");
    }
  }

  private void refuseUnlessOurs(String what) {
    if (origin == Origin.PYTHON) {
      throw new InterpreterException(
          this + " belongs to the Python code that made it: it cannot be " + what);
    }
    if (origin == Origin.MAIN && what.equals("closed")) {
      throw new InterpreterException(
          this + " is the main interpreter, which lives as long as the process");
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("there is no file " + file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
