package dev.clutch.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts Python code, again and again until it ends, as it may swallow an exception; and looks
 * whether the Java threads that are in Python were interrupted, of which nobody tells C.
 */
public final class Interrupts implements Runnable {
  private static final long PERIOD_MS = 20;
  private static final int MOST_THREADS = 64;

  /** Interpreters in which something was interrupted that may not have ended yet. */
  private static final Set<Long> FOLLOWED = ConcurrentHashMap.newKeySet();

  /** So many looks, ten seconds, until threads that have ended are forgotten. */
  private static final int LOOKS = 500;

  private final long[] threads = new long[MOST_THREADS];

  private Interrupts() {}

  /** Starts to look. Called once. */
  static void start() {
    DaemonThreads.start("clutch-interrupt", new Interrupts());
  }

  /** Interrupts what runs in an interpreter. */
  public static void interrupt(long handle) {
    long status = NativeInterrupt.interrupt(handle);
    if (status != 0) {
      throw Response.failure(status);
    }
    FOLLOWED.add(handle);
  }

  /** Interrupts what a thread runs in Python, if anything. */
  public static void interrupt(Thread thread) {
    interrupt(thread.getId(), false);
  }

  private static void interrupt(long thread, boolean asSeen) {
    long handle = NativeInterrupt.interruptThread(thread, asSeen);
    if (handle != 0) {
      FOLLOWED.add(handle);
    }
  }

  /** Whether a thread is attached to the interpreter, and does nothing in it. */
  public static boolean isKeptByIdleThread(long handle) {
    return NativeInterrupt.isKeptByIdleThread(handle);
  }

  @Override
  public void run() {
    for (int looks = 1; ; looks++) {
      if (looks % LOOKS == 0) {
        CallingThreads.forgetEnded();
      }
      if (look()) {
        pause();
      } else {
        NativeInterrupt.awaitTurn();
      }
    }
  }

  /** Whether some thread runs Python code. */
  private boolean look() {
    int count = NativeInterrupt.look(threads);
    for (int i = 0; i < count; i++) {
      follow(threads[i]);
    }
    FOLLOWED.forEach(Interrupts::repeat);
    return count >= 0;
  }

  private static void follow(long id) {
    Thread thread = CallingThreads.find(id);
    if (thread != null && thread.isInterrupted()) {
      interrupt(id, true); // it may have ended and cleared the status meanwhile
    }
  }

  /** It is taken off before the look, so that what is added meanwhile stays. */
  private static void repeat(long handle) {
    FOLLOWED.remove(handle);
    if (NativeInterrupt.again(handle)) {
      FOLLOWED.add(handle);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
    } catch (InterruptedException nobodyMeans) {
      // this thread, which is nobody's business: it looks a little earlier
    }
  }
}
