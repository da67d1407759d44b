package dev.clutch.soak;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** One kind of work. A thread of its own takes step after step, until the time is over. */
abstract class Work {
  /** A different one in each, and the same in each run. */
  final Random random = new Random(getClass().getName().hashCode());

  private final AtomicLong done = new AtomicLong();
  private volatile long lastProgress = System.nanoTime();

  /** Some milliseconds of work, and a look at whether all of it was right. */
  abstract void step() throws Exception;

  String name() {
    return getClass().getSimpleName();
  }

  /** Gives back what it keeps between steps. */
  public void close() throws Exception {}

  final void stepAndCount() throws Exception {
    step();
    progress(1);
  }

  /** So many operations are done. */
  final void progress(long operations) {
    done.addAndGet(operations);
    lastProgress = System.nanoTime();
  }

  final long done() {
    return done.get();
  }

  final long nanosecondsSinceProgress() {
    return System.nanoTime() - lastProgress;
  }

  final void pause(int mostMicroseconds) throws InterruptedException {
    long nanoseconds = random.nextInt(mostMicroseconds) * 1000L;
    Thread.sleep(nanoseconds / 1_000_000, (int) (nanoseconds % 1_000_000));
  }
}
