package dev.clutch.internal;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The Java threads that have called Python, by their id. */
final class CallingThreads {
  private static final Map<Long, WeakReference<Thread>> KNOWN = new ConcurrentHashMap<>();

  static {
    Interrupts.start();
  }

  private CallingThreads() {}

  /** Makes the calling thread known: its id, or 0 if it is a virtual one, whose carriers change. */
  static long enlist() {
    if (VirtualThreads.isCurrent()) {
      return 0;
    }
    Thread thread = Thread.currentThread();
    KNOWN.put(thread.getId(), new WeakReference<>(thread));
    return thread.getId();
  }

  static @Nullable Thread find(long id) {
    WeakReference<Thread> found = KNOWN.get(id);
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
