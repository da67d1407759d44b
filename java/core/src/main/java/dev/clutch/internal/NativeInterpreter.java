package dev.clutch.internal;

import dev.clutch.Gil;
import dev.clutch.ImportGuard;
import dev.clutch.InterpreterConfig;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates and closes interpreters: {@code interpreter.c}. */
public final class NativeInterpreter {
  private NativeInterpreter() {}

  /** A new interpreter: its handle and its id. */
  public record Created(long handle, long id) {}

  /**
   * Creates one.
   *
   * @throws Failure if CPython could not
   */
  public static Created create(InterpreterConfig config) {
    ByteBuffer folders = DeniedCapabilities.folders(config.policy());
    return onLifecycleThread(
        () -> {
          CallBuffer buffer = CallBuffer.take();
          try {
            long length =
                create(
                    flags(config),
                    gil(config.gil()),
                    config.memoryLimit(),
                    DeniedCapabilities.bits(config.policy()),
                    NativeCallback.address(folders),
                    buffer.address(),
                    buffer.capacity());
            if (length != 0) {
              buffer.result(length, 0);
            }
            return new Created(buffer.getLong(0), buffer.getLong(8));
          } finally {
            Reference.reachabilityFence(folders);
            buffer.give();
          }
        });
  }

  /**
   * Closes it.
   *
   * @throws Failure if it is busy or closed
   */
  public static void close(long handle) {
    onLifecycleThread(
        () -> {
          CallBuffer buffer = CallBuffer.take();
          try {
            return buffer.result(close(handle, buffer.address(), buffer.capacity()), handle);
          } finally {
            buffer.give();
          }
        });
  }

  private static <T extends @Nullable Object> T onLifecycleThread(Supplier<T> task) {
    if (!NativeRuntime.lifecycleOnMainThread()) {
      return task.get();
    }
    long suspended = NativeAttachment.suspend();
    try {
      return MainThread.call(task);
    } finally {
      if (suspended != 0) {
        NativeAttachment.resume(suspended);
      }
    }
  }

  /** Bit by bit in the order of PyInterpreterConfig, and what it does not have. */
  private static int flags(InterpreterConfig config) {
    return bit(config.useMainObmalloc(), 0)
        | bit(config.allowFork(), 1)
        | bit(config.allowExec(), 2)
        | bit(config.allowThreads(), 3)
        | bit(config.allowDaemonThreads(), 4)
        | bit(config.checkMultiInterpExtensions(), 5)
        | bit(config.importGuard() == ImportGuard.OFF, 6);
  }

  private static int bit(boolean set, int position) {
    return set ? 1 << position : 0;
  }

  /** The constants PyInterpreterConfig_DEFAULT_GIL, _SHARED_GIL and _OWN_GIL. */
  private static int gil(Gil gil) {
    return switch (gil) {
      case DEFAULT -> 0;
      case SHARED -> 1;
      case OWN -> 2;
    };
  }

  private static native long create(
      int flags, int gil, long memoryLimit, int denied, long folders, long buffer, int capacity);

  private static native long close(long handle, long buffer, int capacity);
}
