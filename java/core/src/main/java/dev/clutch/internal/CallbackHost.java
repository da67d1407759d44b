package dev.clutch.internal;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the classes here need of the public ones. */
public interface CallbackHost {
  /** What the public classes keep for a thread. */
  interface Scope {
    /**
     * Notes that Python code of the interpreter calls Java on this thread; answers what was noted.
     */
    long enter(long interpreter);

    /** Restores what {@link #enter} answered. */
    void leave(long previous);
  }

  /** That of the calling thread: always the same. */
  Scope scope();

  /**
   * Writes to the interpreter's {@code sys.stdout} (0) or {@code sys.stderr} (1).
   *
   * @throws Exception what the output throws
   */
  void write(long interpreter, int stream, byte[] utf8) throws Exception;

  /** Whether Java knows it, and has not closed it. */
  boolean isOpen(long interpreter);

  /**
   * A PyObject for a reference that Python handed over. The interpreter may have been closed since.
   */
  Object newObject(long interpreter, long reference, long id);

  /**
   * The reference behind a PyObject or PyFunction, 0 if the value is neither.
   *
   * @throws IllegalStateException if it is closed, or of another interpreter
   */
  long referenceOf(Object value, long interpreter);

  /**
   * Keeps an end of a pipe open until {@link #takeBack}: its descriptor, and 1L << 32 if it is to
   * write to; -1 if the value is none.
   *
   * @throws IllegalStateException if it is closed, or there is no descriptor
   */
  long lend(Object value);

  /** Once for each {@link #lend}. */
  void takeBack(Object value);

  /** Java's reference to a queue, the end of a channel or a SharedBuffer; null if it is none. */
  @Nullable SharedHandle handleOf(Object value);

  /** What Python has to know of it besides, as {@code codec.h} says. */
  @Nullable Object detailsOf(Object shared);

  /**
   * A queue, the end of a channel, a SharedBuffer or a ByteBuffer of its memory, for a reference
   * that Python handed over.
   *
   * @throws IllegalStateException if the details do not fit it
   */
  Object newShared(SharedHandle handle, @Nullable Object details);

  /** The exception for what {@code error.c} wrote. */
  RuntimeException newException(List<@Nullable Object> fields);

  /** Whether durations and times of the interpreter may be rounded to microseconds. */
  boolean roundsNanoseconds(long interpreter);

  /** Reports that a thread that has to go on in the interpreter waits for the thread named. */
  void reportWait(long interpreter, long thread);

  /**
   * Converts what Python gave to what a Java method takes.
   *
   * @param name how error messages call it
   * @throws dev.clutch.NotShareableException if it cannot become that
   */
  @Nullable Object convert(@Nullable Object value, Type type, String name);
}
