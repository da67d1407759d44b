package dev.clutch.internal;

import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests together for {@link NativeExecution} and {@link NativeObject}. All methods throw
 * {@link Failure}, and {@link dev.clutch.NotShareableException} for what cannot cross.
 */
public final class Execution {
  /** What {@link Question#NEXT} answers at the end. */
  public static final Object END = new Object();

  private Execution() {}

  /** A method of {@link NativeExecution} or {@link NativeObject}. */
  @FunctionalInterface
  private interface Operation {
    long perform(
        long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);
  }

  /** Writes a request. */
  @FunctionalInterface
  private interface Request {
    void write(Encoder to);
  }

  private static @Nullable Object perform(
      Operation operation, long handle, Wanted wanted, Request request) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = buffer.encoder(handle);
      request.write(encoder);
      long status =
          operation.perform(
              handle,
              buffer.address(),
              buffer.length(),
              buffer.capacity(),
              wanted.code(),
              encoder.enclosures().large());
      return buffer.result(status, handle);
    } finally {
      buffer.give();
      Reference.reachabilityFence(request); // its PyObjects, until Python has read it
    }
  }

  private static @Nullable Object withString(
      Operation operation, long handle, Wanted wanted, String text) {
    return perform(operation, handle, wanted, to -> to.string(text));
  }

  // -- code in __main__ --

  /** Executes statements in {@code __main__}. */
  public static void run(long handle, String source) {
    withString(NativeExecution::run, handle, Wanted.VALUE, source);
  }

  /** Executes a file's content in {@code __main__}. */
  public static void runFile(long handle, String path, byte[] content) {
    perform(
        NativeExecution::runFile,
        handle,
        Wanted.VALUE,
        to -> {
          to.string(path);
          to.value(content, "content");
        });
  }

  /** Evaluates an expression in {@code __main__}. */
  public static @Nullable Object eval(long handle, String expression, Wanted wanted) {
    return withString(NativeExecution::eval, handle, wanted, expression);
  }

  /** Reads a global of {@code __main__}. */
  public static @Nullable Object get(long handle, String name, Wanted wanted) {
    return withString(NativeExecution::get, handle, wanted, name);
  }

  /** Binds globals of {@code __main__}. */
  public static void set(long handle, Map<String, ? extends @Nullable Object> values) {
    perform(NativeExecution::set, handle, Wanted.VALUE, to -> to.value(values, "values"));
  }

  /** Calls a function by its name. */
  public static @Nullable Object call(
      long handle, String function, @Nullable Object[] arguments, Wanted wanted) {
    return perform(
        NativeExecution::call,
        handle,
        wanted,
        to -> {
          to.string(function);
          to.tuple(arguments);
        });
  }

  /** The ids of all interpreters; asked of the main one. */
  public static @Nullable Object list(long mainHandle) {
    return perform(NativeExecution::list, mainHandle, Wanted.VALUE, to -> {});
  }

  /** Runs exit functions and flushes. */
  public static void prepareExit(long handle) {
    perform(NativeExecution::prepareExit, handle, Wanted.VALUE, to -> {});
  }

  // -- objects --

  /** A question to an object that needs nothing else. */
  @SuppressWarnings("ImmutableEnumChecker") // an Operation is a reference to a native method
  public enum Question {
    /** The object itself. */
    SAME(NativeObject::same),
    /** {@code PyObject_Size}. */
    LENGTH(NativeObject::length),
    /** {@code PyObject_Str}. */
    STR(NativeObject::str),
    /** {@code PyObject_Repr}. */
    REPR(NativeObject::repr),
    /** {@code PyObject_Hash}. */
    HASH(NativeObject::hash),
    /** {@code PyObject_IsTrue}. */
    TRUTH(NativeObject::truth),
    /** {@code PyObject_GetIter}. */
    ITERATOR(NativeObject::iterate),
    /** {@code PyMemoryView_FromObject}. */
    VIEW(NativeObject::view),
    /** {@code PyIter_Next}; {@link #END} at the end. */
    NEXT(NativeObject::next),
    /** Gives the reference back. */
    RELEASE(NativeObject::release);

    private final Operation operation;

    Question(Operation operation) {
      this.operation = operation;
    }
  }

  /** A question to an object about a value. */
  @SuppressWarnings("ImmutableEnumChecker") // an Operation is a reference to a native method
  public enum QuestionAbout {
    /** {@code ==}. */
    EQUAL(NativeObject::equal),
    /** {@code isinstance}. */
    INSTANCE(NativeObject::isInstance),
    /** {@code getattr}. */
    GET_ATTRIBUTE(NativeObject::getAttribute),
    /** {@code hasattr}. */
    HAS_ATTRIBUTE(NativeObject::hasAttribute),
    /** {@code delattr}. */
    DELETE_ATTRIBUTE(NativeObject::deleteAttribute),
    /** {@code object[key]}. */
    GET_ITEM(NativeObject::getItem),
    /** {@code del object[key]}. */
    DELETE_ITEM(NativeObject::deleteItem);

    private final Operation operation;

    QuestionAbout(Operation operation) {
      this.operation = operation;
    }
  }

  /** Asks an object. */
  public static @Nullable Object ask(
      long handle, long reference, Question question, Wanted wanted) {
    return perform(question.operation, handle, wanted, to -> to.raw(reference));
  }

  /** Asks an object about a value. */
  public static @Nullable Object ask(
      long handle, long reference, QuestionAbout question, @Nullable Object value, Wanted wanted) {
    return perform(
        question.operation,
        handle,
        wanted,
        to -> {
          to.raw(reference);
          to.value(value, "value");
        });
  }

  /** {@code setattr}. */
  public static void setAttribute(
      long handle, long reference, String name, @Nullable Object value) {
    perform(
        NativeObject::setAttribute,
        handle,
        Wanted.VALUE,
        to -> {
          to.raw(reference);
          to.string(name);
          to.value(value, "value");
        });
  }

  /** {@code object[key] = value}. */
  public static void setItem(
      long handle, long reference, @Nullable Object key, @Nullable Object value) {
    perform(
        NativeObject::setItem,
        handle,
        Wanted.VALUE,
        to -> {
          to.raw(reference);
          to.value(key, "key");
          to.value(value, "value");
        });
  }

  /** What a dotted name means, as a reference. */
  public static @Nullable Object resolve(long handle, String name) {
    return withString(NativeObject::resolve, handle, Wanted.REFERENCE, name);
  }

  /** Calls an object with positional arguments. */
  public static @Nullable Object call(
      long handle, long reference, @Nullable Object[] arguments, Wanted wanted) {
    if (arguments.length <= Word.MOST) {
      long first = Word.ofArgument(arguments, 0);
      long second = Word.ofArgument(arguments, 1);
      long third = Word.ofArgument(arguments, 2);
      if (Word.areAll(first, second, third)) {
        return callWords(handle, reference, wanted, arguments.length, first, second, third);
      }
    }
    return callInBuffer(handle, reference, arguments, wanted);
  }

  /** The hottest path: it allocates nothing but the result. */
  private static @Nullable Object callWords(
      long handle, long reference, Wanted wanted, int count, long first, long second, long third) {
    long answer =
        NativeObject.callWords(handle, reference, wanted.code(), count, first, second, third);
    return Word.isInt(answer) ? (Object) Word.value(answer) : elsewhere(answer, count, handle);
  }

  private static @Nullable Object elsewhere(long answer, int count, long handle) {
    if ((byte) answer != Word.ELSEWHERE) {
      throw Response.failure(answer);
    }
    return NativeCallback.readBlock(Word.value(answer), (2 + count) * Long.BYTES, handle);
  }

  /** A hot path too: nothing is allocated for it. */
  private static @Nullable Object callInBuffer(
      long handle, long reference, @Nullable Object[] arguments, Wanted wanted) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = buffer.encoder(handle);
      encoder.raw(reference);
      encoder.arguments(arguments);
      long status =
          NativeObject.call(
              handle,
              buffer.address(),
              buffer.length(),
              buffer.capacity(),
              wanted.code(),
              encoder.enclosures().large());
      return buffer.result(status, handle);
    } finally {
      buffer.give();
      Reference.reachabilityFence(arguments);
    }
  }

  /** Calls an object with positional and keyword arguments. */
  public static @Nullable Object call(
      long handle,
      long reference,
      List<? extends @Nullable Object> arguments,
      Map<String, ? extends @Nullable Object> keywords,
      Wanted wanted) {
    return perform(
        NativeObject::call,
        handle,
        wanted,
        to -> {
          to.raw(reference);
          to.arguments(arguments, keywords);
        });
  }

  /** Calls a method of an object. */
  public static @Nullable Object callMethod(
      long handle, long reference, String name, @Nullable Object[] arguments, Wanted wanted) {
    return perform(
        NativeObject::callMethod,
        handle,
        wanted,
        to -> {
          to.raw(reference);
          to.string(name);
          to.arguments(arguments);
        });
  }

  /** Calls an object once for each input; an {@code Object[]} is several arguments. */
  public static @Nullable Object callAll(
      long handle, long reference, Collection<? extends @Nullable Object> inputs, Wanted wanted) {
    return perform(
        NativeObject::callAll,
        handle,
        wanted,
        to -> {
          to.raw(reference);
          to.batch(inputs);
        });
  }
}
