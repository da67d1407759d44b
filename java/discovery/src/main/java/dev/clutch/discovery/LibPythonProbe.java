package dev.clutch.discovery;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a libpython without starting it: first at the ELF header and the name, and only if both
 * promise well at its symbols, in a library opened with local symbols. What is opened stays in the
 * process (see {@link DynamicLinker}), so nothing is that cannot be chosen.
 *
 * <p>One function is called, {@code Py_GetVersion}. It formats a string, needs no initialization,
 * and unlike the variable {@code Py_Version} (since 3.11) it tells a free-threaded build.
 */
final class LibPythonProbe {
  private LibPythonProbe() {}

  /** What {@code file} is. A stub of the stable ABI is replaced by the libpython it leads to. */
  static LibPython probe(Path file) {
    try {
      return probeReal(file.toRealPath());
    } catch (IOException e) {
      return LibPython.rejected(file, null, "it cannot be read (" + e + ")");
    }
  }

  private static LibPython probeReal(Path file) {
    LibraryName name = LibraryName.of(file);
    PythonVersion version = name == null ? null : name.version();
    String rejection = ElfHeader.rejection(file);
    if (rejection == null && name != null) {
      rejection = rejection(name.version(), name.freeThreaded());
    }
    return rejection == null ? open(file, version) : LibPython.rejected(file, version, rejection);
  }

  private static @Nullable String rejection(PythonVersion version, boolean freeThreaded) {
    String rejection = GlueVersions.rejection(version);
    return rejection == null && freeThreaded
        ? "it is a free-threaded build of CPython "
            + version
            + ", and Clutch needs one with the GIL"
        : rejection;
  }

  private static LibPython open(Path file, @Nullable PythonVersion version) {
    try {
      return judge(file, DynamicLinker.openToLook(file));
    } catch (UnsatisfiedLinkError e) {
      return LibPython.rejected(
          file, version, "the dynamic linker refuses it (" + DynamicLinker.reason(e) + ")");
    }
  }

  private static LibPython judge(Path file, NativeLibrary library) {
    String text = versionText(library);
    PythonVersion version = text == null ? null : PythonVersion.parse(text);
    if (text == null || version == null) {
      return LibPython.rejected(file, null, "it is no libpython: it has no Py_GetVersion");
    }
    if (LibraryName.isStub(file)) {
      return behindStub(file, version);
    }
    String rejection = rejection(version, text.contains("free-threading"));
    if (rejection == null && !has(library, "Py_NewInterpreterFromConfig")) {
      rejection = "it has no Py_NewInterpreterFromConfig, as CPython has since 3.12";
    }
    return new LibPython(file, version, rejection);
  }

  /** The stub finds the real library's symbols, since it depends on it; that names the file. */
  private static LibPython behindStub(Path stub, PythonVersion version) {
    Path sibling = stub.resolveSibling("libpython" + version.minorVersion() + ".so.1.0");
    return Files.isRegularFile(sibling)
        ? probe(sibling)
        : LibPython.rejected(
            stub, version, "it is the stub of the stable ABI, and there is no " + sibling);
  }

  private static @Nullable String versionText(NativeLibrary library) {
    return has(library, "Py_GetVersion")
        ? library.getFunction("Py_GetVersion").invokeString(new Object[0], false)
        : null;
  }

  private static boolean has(NativeLibrary library, String symbol) {
    try {
      library.getGlobalVariableAddress(symbol);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
