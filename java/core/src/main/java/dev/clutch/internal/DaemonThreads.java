package dev.clutch.internal;

import java.util.concurrent.ThreadFactory;

/** Makes threads of Clutch's own, which do not keep the JVM from ending. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** They all have the same name. */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread made = new Thread(task, name);
      made.setDaemon(true);
      return made;
    };
  }

  /** A thread that has begun to run the task. */
  public static Thread start(String name, Runnable task) {
    Thread started = named(name).newThread(task);
    started.start();
    return started;
  }
}
