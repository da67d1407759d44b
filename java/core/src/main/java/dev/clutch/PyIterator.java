package dev.clutch;

import dev.clutch.internal.Execution;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The items of a Python object, pulled one by one ({@code PyIter_Next}). For one thread at a time.
 * Closed by itself at the end of the items.
 */
public final class PyIterator implements Iterator<@Nullable Object>, AutoCloseable {
  private final PyObject iterator;
  private boolean pulled;
  private @Nullable Object next;

  PyIterator(PyObject iterator) {
    this.iterator = iterator;
  }

  /**
   * Pulls the next item, if that was not done yet.
   *
   * @throws PythonException if the Python code raises
   */
  @Override
  public boolean hasNext() {
    if (!pulled && !iterator.isClosed()) {
      next = iterator.next();
      pulled = next != Execution.END;
      if (!pulled) {
        iterator.close();
      }
    }
    return pulled;
  }

  @Override
  public @Nullable Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    pulled = false;
    return next;
  }

  /** Closes a generator, so that its {@code finally} blocks run, and gives the reference back. */
  @Override
  public void close() {
    pulled = false;
    if (!iterator.isClosed()) {
      try {
        if (!iterator.interpreter().isClosed() && iterator.hasAttribute("close")) {
          iterator.callMethod("close");
        }
      } finally {
        iterator.close();
      }
    }
  }

  Stream<@Nullable Object> stream() {
    Spliterator<@Nullable Object> items =
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED);
    return StreamSupport.stream(items, false).onClose(this::close);
  }
}
