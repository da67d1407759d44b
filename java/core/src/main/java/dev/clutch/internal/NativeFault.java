package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What is left of a process that dies in native code: {@code fault.c}. */
final class NativeFault {
  /** The system property that names the file; empty for none. */
  private static final String SYSTEM_PROPERTY = "clutch.errorFile";

  private static final String DEFAULT = "clutch_pid%p.log";
  private static final Path FALLBACK = Path.of("/tmp");

  private static final System.Logger LOG = System.getLogger("dev.clutch");

  private NativeFault() {}

  /** From here on a report is written when the process dies. Once, when CPython has started. */
  static void report() {
    String wanted = System.getProperty(SYSTEM_PROPERTY, DEFAULT);
    try {
      if (!wanted.isEmpty() && !install(wanted)) {
        LOG.log(System.Logger.Level.DEBUG, "no report is written if a fault ends this process");
      }
    } catch (InvalidPathException bad) {
      LOG.log(
          System.Logger.Level.WARNING,
          "-D{0}={1} is no path, so no report is written if a fault ends this process: {2}",
          SYSTEM_PROPERTY,
          wanted,
          bad.getReason());
    }
  }

  private static boolean install(String wanted) {
    ByteBuffer path = NativeRuntime.cString(Path.of(withPid(wanted)).toAbsolutePath());
    ByteBuffer fallback = NativeRuntime.cString(FALLBACK.resolve(withPid(DEFAULT)));
    return install(NativeCallback.address(path), NativeCallback.address(fallback));
  }

  /** As the JVM does with -XX:ErrorFile. */
  private static String withPid(String name) {
    return name.replace("%p", String.valueOf(ProcessHandle.current().pid()));
  }

  private static native boolean install(long path, long fallback);
}
