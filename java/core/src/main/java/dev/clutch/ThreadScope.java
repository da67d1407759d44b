package dev.clutch;

import org.jspecify.annotations.Nullable;

/** Where a thread is: in whose callback, how deep, and with what attached. */
final class ThreadScope {
  private static final ThreadLocal<ThreadScope> CURRENT = ThreadLocal.withInitial(ThreadScope::new);

  /** The handle of the interpreter whose callback this thread runs, 0 if none. */
  long interpreter;

  /** How many callbacks it is in. */
  int depth;

  @Nullable Attachment innermost;

  static ThreadScope current() {
    return CURRENT.get();
  }
}
