package dev.clutch.checker.probe;

/**
 * Answers questions about extension modules for one CPython, each in a process of its own.
 *
 * <p>Any number of threads may ask at once.
 */
public interface Probe extends AutoCloseable {

  /** The CPython's version, such as {@code 3.14.3}. */
  String version();

  /**
   * Asks, and waits for the answer, {@link Question#timeout()} at most and a moment more.
   *
   * @throws ProbeException if no process could be started
   * @throws InterruptedException if the thread was interrupted; the process is ended
   */
  Answer ask(Question question) throws InterruptedException;

  /** Ends the processes that are left. */
  @Override
  void close();
}
