package dev.clutch;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Python frames of the threads in an interpreter ({@link Interpreter#dumpStack}). Its {@link
 * #toString()} is in the form that Python's {@code faulthandler} prints.
 *
 * @param threads those that have Python frames, in no order; also those that are in Java code which
 *     Python called, and those that Python code started
 * @param exact whether all frames were there at the same time. They always are where Python code
 *     waits, or is in a C call, or comes to its next instruction soon enough
 */
public record StackDump(List<PythonThread> threads, boolean exact) {

  /** Keeps a copy of the list. */
  public StackDump {
    threads = List.copyOf(threads);
  }

  /**
   * A thread with Python frames.
   *
   * @param id {@code threading.get_ident()}
   * @param nativeId {@code threading.get_native_id()}, which the operating system's tools show
   * @param name of the Java thread, or what the operating system calls it
   * @param thread the Java thread that called Python, which may be a virtual one; null if Python
   *     code started it
   * @param attached whether it has its interpreter's GIL: it runs Python code, or is in a C call
   *     that keeps the GIL
   * @param frames the innermost first
   * @param complete whether these are all: of a thread with more than 1024 the others are left out
   */
  public record PythonThread(
      long id,
      long nativeId,
      String name,
      @Nullable Thread thread,
      boolean attached,
      List<Frame> frames,
      boolean complete) {

    /** Keeps a copy of the list. */
    public PythonThread {
      frames = List.copyOf(frames);
    }

    @Override
    public String toString() {
      String lines =
          frames.stream().map(frame -> "  " + frame + "\n").collect(Collectors.joining());
      return "Thread 0x%016x [%s]%s (most recent call first):\n%s%s"
          .formatted(id, name, attached ? ", attached" : "", lines, complete ? "" : "  ...\n");
    }
  }

  /**
   * A call of Python code.
   *
   * @param file {@code co_filename}; of very long names the beginning
   * @param line the number of the line that it is in, -1 if the instruction belongs to none
   * @param function {@code co_qualname}; of very long names the beginning
   */
  public record Frame(String file, int line, String function) {
    @Override
    public String toString() {
      return "File \"" + file + "\", line " + (line < 0 ? "???" : line) + " in " + function;
    }
  }

  /** What a thread runs; null if it has no Python frame. */
  @Nullable PythonThread of(Thread wanted) {
    return threads.stream().filter(each -> each.thread() == wanted).findAny().orElse(null);
  }

  @Override
  public String toString() {
    return threads.stream().map(PythonThread::toString).collect(Collectors.joining("\n"));
  }
}
