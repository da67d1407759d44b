package dev.clutch.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts requests together for {@link NativeExecution}. All methods throw {@link Failure}. */
public final class Execution {
  private Execution() {}

  /** A method of {@link NativeExecution}. */
  @FunctionalInterface
  private interface Operation {
    long perform(long handle, long buffer, int length, int capacity);
  }

  /** Executes statements in {@code __main__}. */
  public static void run(long handle, String source) {
    withString(NativeExecution::run, handle, source);
  }

  /** Executes a file's content in {@code __main__}. */
  public static void runFile(long handle, String path, byte[] content) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = new Encoder(buffer, handle);
      encoder.string(path);
      encoder.value(content, "content");
      perform(NativeExecution::runFile, handle, buffer, encoder);
    } finally {
      buffer.give();
    }
  }

  /** Evaluates an expression in {@code __main__}. */
  public static @Nullable Object eval(long handle, String expression) {
    return withString(NativeExecution::eval, handle, expression);
  }

  /** Reads a global of {@code __main__}. */
  public static @Nullable Object get(long handle, String name) {
    return withString(NativeExecution::get, handle, name);
  }

  /** Binds globals of {@code __main__}. */
  public static void set(long handle, Map<String, ? extends @Nullable Object> values) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = new Encoder(buffer, handle);
      encoder.value(values, "values");
      perform(NativeExecution::set, handle, buffer, encoder);
    } finally {
      buffer.give();
    }
  }

  /** Calls a function. */
  public static @Nullable Object call(long handle, String function, @Nullable Object[] arguments) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = new Encoder(buffer, handle);
      encoder.string(function);
      encoder.arguments(arguments);
      return perform(NativeExecution::call, handle, buffer, encoder);
    } finally {
      buffer.give();
    }
  }

  /** Raises {@code clutch.Interrupted} in every thread inside; answers in how many. */
  public static @Nullable Object interrupt(long handle) {
    return withoutArguments(NativeExecution::interrupt, handle);
  }

  /** The ids of all interpreters; asked of the main one. */
  public static @Nullable Object list(long mainHandle) {
    return withoutArguments(NativeExecution::list, mainHandle);
  }

  /** Runs exit functions and flushes. */
  public static void prepareExit(long handle) {
    withoutArguments(NativeExecution::prepareExit, handle);
  }

  private static @Nullable Object withoutArguments(Operation operation, long handle) {
    CallBuffer buffer = CallBuffer.take();
    try {
      return perform(operation, handle, buffer, new Encoder(buffer, handle));
    } finally {
      buffer.give();
    }
  }

  private static @Nullable Object withString(Operation operation, long handle, String text) {
    CallBuffer buffer = CallBuffer.take();
    try {
      Encoder encoder = new Encoder(buffer, handle);
      encoder.string(text);
      return perform(operation, handle, buffer, encoder);
    } finally {
      buffer.give();
    }
  }

  private static @Nullable Object perform(
      Operation operation, long handle, CallBuffer buffer, Encoder encoder) {
    try {
      return buffer.result(
          operation.perform(handle, buffer.address(), buffer.length(), buffer.capacity()));
    } catch (Failure failure) {
      if (failure.kind() == Failure.Kind.CLOSED || failure.kind() == Failure.Kind.NO_MEMORY) {
        encoder.releaseObjects();
      }
      throw failure;
    }
  }
}
