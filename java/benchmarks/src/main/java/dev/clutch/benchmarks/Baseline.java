package dev.clutch.benchmarks;

import dev.clutch.PythonRuntime;
import java.nio.ByteBuffer;

/**
 * The same work in plain C: {@code native/bench}. All of it on one thread, between {@link #open}
 * and {@link #close}. A failure is an {@link IllegalStateException}.
 */
final class Baseline {
  /** Set by {@code scripts/bench}: the folder that holds a library for each CPython. */
  private static final String FOLDER = System.getProperty("clutch.bench.native", "");

  static {
    String[] version = PythonRuntime.start().version().split("\\.");
    System.load(FOLDER + "/libbaseline" + version[0] + "." + version[1] + ".so");
  }

  private Baseline() {}

  /** Makes a thread state of its own and looks up the function, in {@code __main__}. */
  static native void open(long interpreterId, ByteBuffer flat, String function);

  /** Must come before the interpreter is closed. */
  static native void close();

  /** Calls the function with {@code (i, i + 1)}, each time attached anew; adds up the results. */
  static native long attachAndCall(int count, long from);

  /** The same, attached once. */
  static native long call(int count, long from);

  /** Executes {@code x = 1}, each time attached anew. */
  static native void attachAndRun(int count);

  /** Builds a list of what is in {@link Flat} and calls the function with it, once. */
  static native void giveLongs(int count);

  static native void giveStrings(int count);

  static native void giveDict(int count);

  /** An {@code array.array("q")}. */
  static native void giveArray(int bytes);

  static native void giveBytes(int bytes);

  /** Calls the function once and writes the list it returns to {@link Flat}. */
  static native void takeLongs();

  static native void takeStrings();

  static native void takeDict();

  /** Calls {@link #upcall} with the GIL released and retaken; adds up the results. */
  static native long upcalls(int count, long from);

  /** A thread of C's writes messages to a pipe, this one reads them: how many bytes. */
  static native long pipe(int messages, int size);

  /**
   * The same of 64 bytes each, but the function reads them: it gets the descriptor, and answers how
   * many bytes.
   */
  static native long pipeToPython(int messages);

  /** Puts a number of 8 bytes into a queue in C, and gets it again, so many times: their sum. */
  static native long putAndGet(int count, long from);

  /** This thread and one of C's, in that interpreter, wake each other in turn, so many times. */
  static native void pingPong(int rounds, long otherInterpreterId);

  /** Called by C. */
  static long upcall(long value) {
    return value;
  }
}
