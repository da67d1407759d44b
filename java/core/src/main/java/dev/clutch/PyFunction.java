package dev.clutch;

import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import dev.clutch.internal.Wanted;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Python callable, looked up once and called often ({@code PyObject_Vectorcall}). Made by {@link
 * Interpreter#function}. It is the object that the name meant then: binding the name anew does not
 * change it. Threads, ownership and errors are as with {@link PyObject}.
 */
public final class PyFunction implements AutoCloseable {
  private final PyObject object;
  private final String name;

  PyFunction(PyObject object, String name) {
    this.object = object;
    this.name = name;
  }

  /** The callable as an object; it is closed with this. */
  public PyObject object() {
    return object;
  }

  /** {@code function(*args)}. */
  public @Nullable Object call(@Nullable Object... args) {
    Interpreter interpreter = object.interpreter();
    long handle = interpreter.usableHandle();
    try {
      return Execution.call(handle, object.referenceFor(handle), args, Wanted.VALUE);
    } catch (Failure failure) {
      throw Failures.thrown(interpreter, failure, "use");
    } finally {
      Reference.reachabilityFence(object);
    }
  }

  /**
   * {@code function(*args)}, as the given type.
   *
   * @throws NotShareableException if the result is not of that type, or does not fit
   */
  public <T> T callAs(Class<T> type, @Nullable Object... args) {
    return object.callAs(type, args);
  }

  /** {@code function(*args)}, as the given type, type arguments included. */
  public <T> T callAs(TypeToken<T> type, @Nullable Object... args) {
    return Conversions.convert(
        wanted -> object.perform((handle, ref) -> Execution.call(handle, ref, args, wanted)), type);
  }

  /** {@code function(*args, **kwargs)}. */
  public @Nullable Object callWith(
      List<? extends @Nullable Object> args, Map<String, ? extends @Nullable Object> kwargs) {
    return object.callWith(args, kwargs);
  }

  /**
   * Calls the function once for each input, in one crossing, with the GIL kept between the calls.
   * An input is the one argument; an {@code Object[]} is the arguments, so a tuple as the one
   * argument is an {@code Object[]} within an {@code Object[]}.
   *
   * @return the results in the order of the inputs. Where a call raised an {@code Exception}, its
   *     result is the {@link PythonException}; where a result cannot cross, the {@link
   *     NotShareableException}
   * @throws NotShareableException if an input cannot cross; nothing was called then
   * @throws PythonException if a call raised what is no {@code Exception}, such as {@code
   *     SystemExit}; the calls after it were not made
   */
  @SuppressWarnings("unchecked")
  public List<@Nullable Object> callAll(Collection<? extends @Nullable Object> inputs) {
    Objects.requireNonNull(inputs, "inputs");
    return (List<@Nullable Object>)
        Objects.requireNonNull(
            object.perform((handle, ref) -> Execution.callAll(handle, ref, inputs, Wanted.VALUE)));
  }

  /** Gives the reference back; does nothing the second time. */
  @Override
  public void close() {
    object.close();
  }

  @Override
  public String toString() {
    return "PyFunction[" + name + " of " + object.interpreter() + "]";
  }
}
