package dev.clutch;

import dev.clutch.internal.CallingThreads;
import dev.clutch.internal.Cleanup;
import dev.clutch.internal.NativeAttachment;
import dev.clutch.internal.VirtualThreads;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A scope in which the calling thread keeps an interpreter's GIL ({@link Interpreter#attach}), so
 * that many small calls attach only once. While it is open, other threads wait for the interpreter;
 * so keep it short, and wait for nothing in it that another thread does in that interpreter. The
 * GIL is given up for as long as the thread is in a callback, in another interpreter, or waits at
 * an {@link InterpreterQueue}, a {@link Channel} or a {@link SharedBuffer}.
 *
 * <h2>When it is used wrongly</h2>
 *
 * <ul>
 *   <li>Closing it on another thread than its own is an {@link IllegalStateException}, and so is
 *       closing it before one that was opened later.
 *   <li>A thread that waits for the interpreter while the attached one does nothing with it for ten
 *       seconds ({@code -Dclutch.attachPatienceMillis}) gets an {@link InterpreterBusyException}
 *       with the attached thread's stack. If it cannot be refused, because it returns from a
 *       callback, the same is logged (logger {@code dev.clutch}) and it waits on.
 *   <li>One that was never closed is given up when its thread ends, or returns to the Python code
 *       that called it, which gets a {@code clutch.JavaException}. It is reported when it is
 *       garbage.
 * </ul>
 */
public final class Attachment implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  static {
    Long patience = Long.getLong("clutch.attachPatienceMillis");
    if (patience != null) {
      NativeAttachment.setPatience(patience);
    }
  }

  private final Interpreter interpreter;
  private final Thread owner = Thread.currentThread();
  private final ThreadScope scope = ThreadScope.current();
  private final @Nullable Attachment outer = scope.innermost;
  private final int depth = scope.depth;

  /**
   * Whether the thread was attached to this interpreter already, so that there is nothing to do.
   */
  private final boolean nested;

  private final AtomicBoolean closed = new AtomicBoolean();

  private Attachment(Interpreter interpreter, boolean nested) {
    this.interpreter = interpreter;
    this.nested = nested;
  }

  /** Attaches the calling thread. */
  static Attachment open(Interpreter interpreter, long handle) {
    if (VirtualThreads.isCurrent()) {
      throw new IllegalStateException(
          "a virtual thread cannot stay attached to "
              + interpreter
              + ": between calls it may move to another carrier; use a platform thread");
    }
    long held = NativeAttachment.held();
    if (held != 0 && held != handle) {
      throw new IllegalStateException(
          "this thread is attached to another interpreter: close that Attachment first");
    }
    Attachment opened = new Attachment(interpreter, held == handle);
    if (!opened.nested) {
      long status = NativeAttachment.attach(handle, CallingThreads.enlist(0));
      if (status != 0) {
        throw refused(interpreter, status);
      }
    }
    opened.scope.innermost = opened;
    AtomicBoolean closed = opened.closed;
    String name = opened.owner.getName();
    Cleanup.register(opened, () -> reportForgotten(closed, interpreter, name));
    return opened;
  }

  private static RuntimeException refused(Interpreter interpreter, long status) {
    if (status > 0) {
      return busy(interpreter, status);
    }
    return status == -1
        ? new InterpreterClosedException(interpreter + " is closed, or being closed")
        : new InterpreterException("no memory left to attach to " + interpreter);
  }

  /** For a thread that waited for the attached one in vain. */
  static InterpreterBusyException busy(Interpreter interpreter, long thread) {
    InterpreterBusyException busy =
        new InterpreterBusyException(
            interpreter
                + " is kept attached by "
                + describe(thread)
                + ", which does nothing in it");
    Thread attached = CallingThreads.find(thread);
    if (attached != null) {
      Throwable there = new Throwable("where the attached thread is");
      there.setStackTrace(attached.getStackTrace());
      busy.addSuppressed(there);
    }
    return busy;
  }

  private static String describe(long thread) {
    Thread attached = CallingThreads.find(thread);
    return attached == null ? "a thread" : "the thread \"" + attached.getName() + '"';
  }

  /** Closing it, or waiting for another thread's use of it, would never end. */
  static void refuseWhenAttached(Interpreter interpreter, String what) {
    for (Attachment each = ThreadScope.current().innermost; each != null; each = each.outer) {
      if (each.interpreter == interpreter && !each.closed.get()) {
        throw new InterpreterBusyException(
            interpreter
                + " cannot be "
                + what
                + ": this thread is attached to it; close the Attachment");
      }
    }
  }

  /**
   * Detaches; does nothing the second time.
   *
   * @throws IllegalStateException on another thread, or before an Attachment that was opened later
   */
  @Override
  public void close() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "the Attachment to "
              + interpreter
              + " belongs to the thread \""
              + owner.getName()
              + "\": only that one can close it");
    }
    if (closed.get()) {
      return;
    }
    if (depth != scope.depth) {
      throw new IllegalStateException(
          "this Attachment was opened outside of the callback that runs now: close it there");
    }
    if (scope.innermost != this) {
      throw new IllegalStateException(
          "an Attachment that was opened later is still open: close it first");
    }
    giveUp();
  }

  private void giveUp() {
    closed.set(true);
    scope.innermost = outer;
    if (!nested) {
      NativeAttachment.detach();
    }
  }

  /** Gives up what the callback that ends now opened on this thread and did not close. */
  static boolean giveUpForgotten(ThreadScope scope) {
    boolean any = false;
    for (Attachment each = scope.innermost; each != null && each.depth == scope.depth; ) {
      each.giveUp();
      any = true;
      each = scope.innermost;
    }
    return any;
  }

  private static void reportForgotten(
      AtomicBoolean closed, Interpreter interpreter, String thread) {
    if (!closed.get()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an Attachment to {0} was never closed by the thread \"{1}\": others wait for the"
              + " interpreter until that thread ends",
          interpreter,
          thread);
    }
  }
}
