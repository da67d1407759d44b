package dev.clutch;

import dev.clutch.internal.Cleanup;
import dev.clutch.internal.Execution;
import dev.clutch.internal.NativeReference;
import dev.clutch.internal.Wanted;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A counted reference to a Python object. Must not refer to the PyObject that owns it, whose
 * garbage collection it waits for.
 */
final class Reference implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  /** With {@code -Dclutch.trackReferences=true}, a report says where the PyObject was made. */
  private static final boolean TRACK = Boolean.getBoolean("clutch.trackReferences");

  /** The reports made: one line for each place says it all. */
  private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

  private final Interpreter interpreter;
  private final long handle;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final @Nullable Throwable made;
  private volatile boolean disowned;

  private Reference(Interpreter interpreter, long handle) {
    this.interpreter = interpreter;
    this.handle = handle;
    made = TRACK ? new Throwable("it was made here") : null;
  }

  static Reference of(PyObject owner, Interpreter interpreter, long handle) {
    Reference reference = new Reference(interpreter, handle);
    Cleanup.register(owner, reference);
    return reference;
  }

  boolean isClosed() {
    return closed.get();
  }

  long get() {
    if (closed.get()) {
      throw new IllegalStateException("this PyObject of " + interpreter + " is closed");
    }
    return handle;
  }

  void close() {
    if (!closed.compareAndSet(false, true) || interpreter.isClosed()) {
      return;
    }
    try {
      interpreter.perform(
          () ->
              Execution.ask(
                  interpreter.handle(), handle, Execution.Question.RELEASE, Wanted.VALUE));
    } catch (InterpreterException closedOrBusy) {
      NativeReference.drop(interpreter.handle(), handle);
    }
  }

  /** Nobody closed it, and nobody can any more. */
  @Override
  public void run() {
    if (closed.compareAndSet(false, true) && !interpreter.isClosed()) {
      NativeReference.drop(interpreter.handle(), handle);
      if (!disowned) {
        report();
      }
    }
  }

  void disown() {
    disowned = true;
  }

  private void report() {
    String where = made == null ? interpreter.toString() : made.getStackTrace()[3].toString();
    if (REPORTED.size() < 1000 && REPORTED.add(where)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a PyObject of "
              + interpreter
              + " was dropped without close(); its reference is given back when the interpreter is"
              + " entered next"
              + (TRACK ? "" : "; -Dclutch.trackReferences=true tells where it was made"),
          made);
    }
  }
}
