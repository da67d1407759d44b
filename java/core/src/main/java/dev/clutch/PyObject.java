package dev.clutch;

import dev.clutch.internal.Execution;
import dev.clutch.internal.Execution.Question;
import dev.clutch.internal.Execution.QuestionAbout;
import dev.clutch.internal.Wanted;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Python object that stays in its interpreter; Java holds a reference to it (a {@code PyObject*}
 * with its own count, in the C API's terms). Values of types that Java has none for arrive as such,
 * and every value but None, which is null, does if {@code PyObject.class} is asked for: {@code
 * interpreter.eval("[1, 2]", PyObject.class)}.
 *
 * <h2>Ownership</h2>
 *
 * {@link #close()} gives the reference back. One that is never closed is reported when the garbage
 * collector finds it (logger {@code dev.clutch}, once for each place it is made at most), and given
 * back when its interpreter is entered next. Closing the interpreter gives all of them back.
 *
 * <h2>Threads and errors</h2>
 *
 * Any thread may use it; the interpreter's GIL decides who proceeds. Every method but {@link
 * #close()}, {@link #equals}, {@link #hashCode} and {@link #toString} throws
 *
 * <ul>
 *   <li>{@link PythonException} for what the Python code raises,
 *   <li>{@link IllegalStateException} if it is closed,
 *   <li>{@link InterpreterClosedException} if its interpreter is,
 *   <li>{@link NotShareableException} if an argument cannot cross, or belongs to another
 *       interpreter, or the result cannot become what was asked for.
 * </ul>
 */
public final class PyObject implements AutoCloseable {
  private final Interpreter interpreter;
  private final long id;
  private final Reference reference;

  PyObject(Interpreter interpreter, long reference, long id) {
    this.interpreter = interpreter;
    this.id = id;
    this.reference = Reference.of(this, interpreter, reference);
  }

  /** The interpreter that the object lives in. */
  public Interpreter interpreter() {
    return interpreter;
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return reference.isClosed();
  }

  // -- attributes --

  /** {@code getattr(object, name)}. */
  public @Nullable Object getAttribute(String name) {
    return ask(QuestionAbout.GET_ATTRIBUTE, Objects.requireNonNull(name, "name"));
  }

  /** {@code getattr(object, name)}, as the given type. */
  public <T> T getAttribute(String name, Class<T> type) {
    Objects.requireNonNull(name, "name");
    return converted(type, wanted -> ask(QuestionAbout.GET_ATTRIBUTE, name, wanted));
  }

  /** {@code hasattr(object, name)}. */
  public boolean hasAttribute(String name) {
    return truth(ask(QuestionAbout.HAS_ATTRIBUTE, Objects.requireNonNull(name, "name")));
  }

  /** {@code setattr(object, name, value)}. */
  public void setAttribute(String name, @Nullable Object value) {
    Objects.requireNonNull(name, "name");
    perform(
        (handle, reference) -> {
          Execution.setAttribute(handle, reference, name, value);
          return null;
        });
  }

  /** {@code delattr(object, name)}. */
  public void deleteAttribute(String name) {
    ask(QuestionAbout.DELETE_ATTRIBUTE, Objects.requireNonNull(name, "name"));
  }

  // -- items --

  /** {@code object[key]}. */
  public @Nullable Object getItem(@Nullable Object key) {
    return ask(QuestionAbout.GET_ITEM, key);
  }

  /** {@code object[key]}, as the given type. */
  public <T> T getItem(@Nullable Object key, Class<T> type) {
    return converted(type, wanted -> ask(QuestionAbout.GET_ITEM, key, wanted));
  }

  /** {@code object[key] = value}. */
  public void setItem(@Nullable Object key, @Nullable Object value) {
    perform(
        (handle, reference) -> {
          Execution.setItem(handle, reference, key, value);
          return null;
        });
  }

  /** {@code del object[key]}. */
  public void deleteItem(@Nullable Object key) {
    ask(QuestionAbout.DELETE_ITEM, key);
  }

  // -- calls --

  /** {@code object(*args)}. */
  public @Nullable Object call(@Nullable Object... args) {
    Objects.requireNonNull(args, "args");
    return callWanted(Wanted.VALUE, args);
  }

  /** {@code object(*args)}, as the given type. */
  public <T> T callAs(Class<T> type, @Nullable Object... args) {
    Objects.requireNonNull(args, "args");
    return converted(type, wanted -> callWanted(wanted, args));
  }

  /** {@code object(*args, **kwargs)}. */
  public @Nullable Object callWith(
      List<? extends @Nullable Object> args, Map<String, ? extends @Nullable Object> kwargs) {
    return perform(
        (handle, reference) -> Execution.call(handle, reference, args, kwargs, Wanted.VALUE));
  }

  /** {@code object.name(*args)}. */
  public @Nullable Object callMethod(String name, @Nullable Object... args) {
    return callMethod(Wanted.VALUE, name, args);
  }

  @Nullable Object callMethod(Wanted wanted, String name, @Nullable Object... args) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(args, "args");
    return perform(
        (handle, reference) -> Execution.callMethod(handle, reference, name, args, wanted));
  }

  @Nullable Object callWanted(Wanted wanted, @Nullable Object[] args) {
    return perform((handle, reference) -> Execution.call(handle, reference, args, wanted));
  }

  /** The same object as a function, with a reference of its own. */
  public PyFunction asFunction() {
    return new PyFunction(as(PyObject.class), "object");
  }

  // -- iteration --

  /**
   * {@code iter(object)}, pulled item by item: Python runs only as far as Java has asked. Close it,
   * best by try-with-resources, to close a generator that was not read to its end.
   */
  public PyIterator iterator() {
    return new PyIterator(
        (PyObject) Objects.requireNonNull(ask(Question.ITERATOR, Wanted.REFERENCE)));
  }

  /** The items as a lazy, sequential stream. Closing the stream closes the iterator. */
  public Stream<@Nullable Object> stream() {
    return iterator().stream();
  }

  // -- questions --

  /** {@code len(object)}. */
  public long len() {
    return number(ask(Question.LENGTH, Wanted.VALUE));
  }

  /** {@code str(object)}. */
  public String str() {
    return text(ask(Question.STR, Wanted.VALUE));
  }

  /** {@code repr(object)}. */
  public String repr() {
    return text(ask(Question.REPR, Wanted.VALUE));
  }

  /** {@code hash(object)}. */
  public long hash() {
    return number(ask(Question.HASH, Wanted.VALUE));
  }

  /** {@code bool(object)}. */
  public boolean isTrue() {
    return truth(ask(Question.TRUTH, Wanted.VALUE));
  }

  /** {@code object == other}; identical objects are equal, as in Python's containers. */
  public boolean isEqualTo(@Nullable Object other) {
    return truth(ask(QuestionAbout.EQUAL, other));
  }

  /** {@code isinstance(object, type)}. */
  public boolean isInstance(PyObject type) {
    return truth(ask(QuestionAbout.INSTANCE, Objects.requireNonNull(type, "type")));
  }

  // -- conversion --

  /**
   * The object as a value of the given type: what {@link Interpreter#eval(String, Class)} would
   * give for it. An interface that no value becomes is implemented by a proxy: its methods call the
   * object's methods of the same name, or the object itself if the interface is functional and the
   * object has no such method. The proxy uses this reference, so it works until this is closed.
   */
  public <T> T as(Class<T> type) {
    if (Conversions.isBehaviour(type)) {
      return implementing(type);
    }
    return converted(type, wanted -> ask(Question.SAME, wanted));
  }

  private <T> T implementing(Class<T> type) {
    Object value = ask(Question.SAME, Wanted.VALUE);
    Conversions.close(value);
    return type.cast(type.isInstance(value) ? value : PyProxy.of(this, type));
  }

  /** The object as a value of the given type, type arguments included. */
  public <T> T as(TypeToken<T> type) {
    return Conversions.convert(wanted -> ask(Question.SAME, wanted), type);
  }

  /**
   * The memory of an object with the buffer protocol ({@code bytes}, {@code bytearray}, {@code
   * array.array}, {@code memoryview}, NumPy arrays), without a copy: read-only if it is, in native
   * byte order. Python keeps it as long as the buffer, or one derived from it, can be reached;
   * until then a {@code bytearray} cannot be resized, for example. A buffer that is still in use
   * when the interpreter closes stays valid, and its memory is never given back.
   *
   * @throws PythonException a {@code TypeError} if it has no such memory
   * @throws NotShareableException if the memory is not contiguous, or larger than 2 GiB
   */
  public ByteBuffer buffer() {
    Object memory = ask(Question.VIEW, Wanted.VALUE);
    if (memory instanceof ByteBuffer buffer) {
      return buffer;
    }
    Conversions.close(memory);
    throw new NotShareableException("the object's memory is not contiguous: copy it in Python");
  }

  // -- Java's own --

  /** Gives the reference back; does nothing the second time, or if the interpreter is closed. */
  @Override
  public void close() {
    reference.close();
  }

  /** Whether the other one refers to the very same Python object ({@code is}). */
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof PyObject object
            && object.interpreter == interpreter
            && object.id == id
            && !object.isClosed()
            && !isClosed());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  /** {@code str(object)}, or what can be told of it if that fails. */
  @Override
  public String toString() {
    try {
      return str();
    } catch (RuntimeException cannotBeAsked) {
      return "PyObject[" + interpreter + (isClosed() ? ", closed]" : "]");
    }
  }

  /**
   * The reference for a request to the interpreter.
   *
   * @throws IllegalStateException if it is closed or of another interpreter
   */
  long referenceFor(long handle) {
    if (handle != interpreter.handle()) {
      throw new NotShareableException(
          "a PyObject of " + interpreter + " cannot be used in another interpreter");
    }
    return reference.get();
  }

  /** Its owner is garbage-collected with it, so nobody is to blame for not closing it. */
  void disown() {
    reference.disown();
  }

  @Nullable Object next() {
    return ask(Question.NEXT, Wanted.VALUE);
  }

  private @Nullable Object ask(Question question, Wanted wanted) {
    return perform((handle, reference) -> Execution.ask(handle, reference, question, wanted));
  }

  private @Nullable Object ask(QuestionAbout question, @Nullable Object value) {
    return ask(question, value, Wanted.VALUE);
  }

  private @Nullable Object ask(QuestionAbout question, @Nullable Object value, Wanted wanted) {
    return perform(
        (handle, reference) -> Execution.ask(handle, reference, question, value, wanted));
  }

  private <T> T converted(Class<T> type, Conversions.Source source) {
    return Conversions.convert(source, type);
  }

  /** Something done with the reference. */
  @FunctionalInterface
  interface Action {
    @Nullable Object perform(long handle, long reference);
  }

  @Nullable Object perform(Action action) {
    try {
      return interpreter.perform(() -> action.perform(interpreter.handle(), reference.get()));
    } finally {
      java.lang.ref.Reference.reachabilityFence(this);
    }
  }

  private static long number(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static boolean truth(@Nullable Object value) {
    return (Boolean) Objects.requireNonNull(value);
  }
}
