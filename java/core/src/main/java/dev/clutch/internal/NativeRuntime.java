package dev.clutch.internal;

import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonInstallation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Starts CPython: {@code runtime.c}. */
public final class NativeRuntime {
  private static volatile long mainInterpreter;
  private static @Nullable String failure;

  private NativeRuntime() {}

  /**
   * Loads the glue and starts CPython on its main thread. A start that failed cannot be repeated:
   * CPython does not undo what it did.
   */
  public static synchronized void start(PythonInstallation installation) {
    if (failure == null) {
      Glue.load(installation.minorVersion());
      failure = MainThread.call(() -> startHere(installation));
      if (failure == null) {
        NativeFault.report();
      }
    }
    if (failure != null) {
      throw new PythonUnavailableException(
          "CPython "
              + installation.version()
              + " ("
              + installation.library()
              + ") failed to start: "
              + failure
              + "; its home is "
              + installation.home()
              + ", its executable "
              + installation.executable());
    }
  }

  /** The handle of the main interpreter. */
  public static long mainInterpreter() {
    return mainInterpreter;
  }

  private static @Nullable String startHere(PythonInstallation installation) {
    ByteBuffer home = cString(installation.home());
    ByteBuffer executable = cString(installation.executable());
    ByteBuffer message = ByteBuffer.allocateDirect(1024);
    mainInterpreter =
        start(
            NativeCallback.address(home),
            NativeCallback.address(executable),
            NativeCallback.address(message),
            message.capacity());
    return mainInterpreter == 0 ? text(message) : null;
  }

  /** Of null, an empty one. */
  static ByteBuffer cString(@Nullable Path path) {
    byte[] utf8 = (path == null ? "" : path.toString()).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocateDirect(utf8.length + 1).put(utf8).put((byte) 0);
  }

  private static String text(ByteBuffer cString) {
    byte[] bytes = new byte[cString.capacity()];
    cString.get(0, bytes);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private static native long start(long home, long executable, long message, int capacity);

  /**
   * Whether interpreters must be created and closed on Python's main thread, as on 3.12 and 3.13.
   */
  static native boolean lifecycleOnMainThread();
}
