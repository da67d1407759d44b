package dev.clutch.discovery;

import com.sun.jna.NativeLibrary;
import dev.clutch.spi.PythonInstallation;
import dev.clutch.spi.PythonLocator;
import java.util.ServiceLoader;

/** Runs in a JVM of its own: locates what the first argument selects, and opens it if told to. */
final class LocatorProgram {
  private LocatorProgram() {}

  public static void main(String[] arguments) throws InterruptedException {
    PythonLocator locator = ServiceLoader.load(PythonLocator.class).findFirst().orElseThrow();
    if (arguments[0].equals("candidates")) {
      locator.candidates().forEach(System.out::println);
      endAThread();
      return;
    }
    PythonInstallation installation = locator.locate(arguments[0]);
    System.out.println("located " + installation.library());
    if (arguments.length > 1) {
      locator.open(installation);
      System.gc();
      System.out.println("opened " + versionInGlobalScope());
      endAThread();
    }
  }

  /** Found without naming the library, as extension modules find their symbols. */
  private static String versionInGlobalScope() {
    return NativeLibrary.getProcess()
        .getFunction("Py_GetVersion")
        .invokeString(new Object[0], false);
  }

  private static void endAThread() throws InterruptedException {
    Thread thread = new Thread(() -> {});
    thread.start();
    thread.join();
  }
}
