package dev.clutch;

import dev.clutch.internal.CallbackHost;
import org.jspecify.annotations.Nullable;

/** Where a thread is: in whose callback, how deep, and with what attached. */
final class ThreadScope implements CallbackHost.Scope {
  private static final ThreadLocal<ThreadScope> CURRENT = ThreadLocal.withInitial(ThreadScope::new);

  /** The handle of the interpreter whose callback this thread runs, 0 if none. */
  long interpreter;

  /** How many callbacks it is in. */
  int depth;

  @Nullable Attachment innermost;

  static ThreadScope current() {
    return CURRENT.get();
  }

  @Override
  public long enter(long entered) {
    long previous = interpreter;
    interpreter = entered;
    depth++;
    return previous;
  }

  @Override
  public void leave(long previous) {
    boolean forgotten = Attachment.giveUpForgotten(this);
    interpreter = previous;
    depth--;
    if (forgotten) {
      throw new IllegalStateException(
          "the callback left an Attachment open: close each where it was opened");
    }
  }
}
