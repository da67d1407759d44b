package dev.clutch.internal;

import java.lang.ref.Cleaner;

/** What is done about objects that nobody can reach any more: on one thread for all of them. */
public final class Cleanup {
  private static final Cleaner CLEANER = Cleaner.create();

  private Cleanup() {}

  /** The action must not refer to the object, and not wait: the others would too. */
  public static void register(Object object, Runnable action) {
    CLEANER.register(object, action);
  }
}
