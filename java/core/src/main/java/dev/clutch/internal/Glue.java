package dev.clutch.internal;

import dev.clutch.PythonUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** The native library of a CPython minor version: unpacked from the jar, and loaded. */
final class Glue {
  private Glue() {}

  /** Its place in the jar, such as {@code /linux-x86_64/libclutch3.14.so}. */
  static String resource(String minorVersion) {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).replace(" ", "");
    String arch = System.getProperty("os.arch", "");
    return "/"
        + os
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch)
        + "/libclutch"
        + minorVersion
        + ".so";
  }

  static void load(String minorVersion) {
    String resource = resource(minorVersion);
    try (InputStream library = Glue.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new PythonUnavailableException(
            "this Clutch has no glue for CPython "
                + minorVersion
                + " on this platform ("
                + resource
                + " is not in clutch-core.jar); it has some for 3.12, 3.13 and 3.14 on Linux x86-64");
      }
      load(library);
    } catch (IOException e) {
      throw new PythonUnavailableException(
          "the native library could not be unpacked into "
              + System.getProperty("java.io.tmpdir")
              + "; set -Djava.io.tmpdir to a folder that can be written",
          e);
    }
  }

  /** The file is not needed once the linker has it open. */
  private static void load(InputStream library) throws IOException {
    Path file = Files.createTempFile("clutch", ".so");
    try {
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new PythonUnavailableException(
          "the native library could not be loaded from "
              + file.getParent()
              + "; if files there may not be executed, set -Djava.io.tmpdir to another folder",
          e);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
