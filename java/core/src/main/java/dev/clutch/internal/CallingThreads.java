package dev.clutch.internal;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The Java threads that have called Python, by their id. A virtual thread is known while it is in
 * Python, as it cannot leave its carrier there: by a number of the carrier's, which is negative.
 */
public final class CallingThreads {
  private static final Map<Long, WeakReference<Thread>> KNOWN = new ConcurrentHashMap<>();
  private static final AtomicLong CARRIERS = new AtomicLong();

  static {
    Interrupts.start();
  }

  private CallingThreads() {}

  /**
   * Makes the calling thread known.
   *
   * @param carrier what an earlier call on the same carrier of virtual threads answered, or 0
   * @return what it is known by
   */
  public static long enlist(long carrier) {
    Thread thread = Thread.currentThread();
    long known =
        !VirtualThreads.isCurrent()
            ? thread.getId()
            : carrier == 0 ? CARRIERS.decrementAndGet() : carrier;
    if (find(known) != thread) {
      KNOWN.put(known, new WeakReference<>(thread));
    }
    return known;
  }

  /** The thread that is known by a number, if it is still there. */
  public static @Nullable Thread find(long known) {
    WeakReference<Thread> found = KNOWN.get(known);
    return found == null ? null : found.get();
  }

  static void forgetEnded() {
    KNOWN
        .values()
        .removeIf(
            each -> {
              Thread thread = each.get();
              return thread == null || !thread.isAlive();
            });
  }
}
