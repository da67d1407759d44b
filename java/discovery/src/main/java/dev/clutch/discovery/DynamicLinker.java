package dev.clutch.discovery;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Opens shared libraries, through JNA. */
final class DynamicLinker {
  private static final int RTLD_LAZY = 0x1;
  private static final int RTLD_NOW = 0x2;
  private static final int RTLD_GLOBAL = 0x100;

  /**
   * JNA closes a library that nobody refers to. CPython and what it needs must stay, and so must a
   * libpython that was only looked at: from 3.13 on loading one runs a constructor (mimalloc's)
   * that registers a function of the library for the end of threads, and when the library is gone
   * by then, the process dies.
   */
  private static final List<NativeLibrary> KEPT = new CopyOnWriteArrayList<>();

  private DynamicLinker() {}

  /** Opens a library to look at its symbols. Opening it again for good is possible. */
  static NativeLibrary openToLook(Path file) {
    NativeLibrary library = open(file, RTLD_LAZY);
    KEPT.add(library);
    return library;
  }

  /** Opens a library for good; only libraries that name it as a dependency see its symbols. */
  static void keepLocal(Path file) {
    KEPT.add(open(file, RTLD_NOW));
  }

  /** Opens a library for good; every library loaded later sees its symbols. */
  static void keepGlobal(Path file) {
    KEPT.add(open(file, RTLD_NOW | RTLD_GLOBAL));
  }

  private static NativeLibrary open(Path file, int flags) {
    NativeLibrary library =
        NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, flags));
    if (!library.getFile().toPath().equals(file)) {
      // JNA tries files of similar names when the dynamic linker refuses the one it was given.
      library.close();
      throw new UnsatisfiedLinkError(
          file + " cannot be loaded, only " + library.getFile() + " can");
    }
    return library;
  }

  /** What the dynamic linker said; JNA adds a line for each of its own attempts. */
  static String reason(UnsatisfiedLinkError error) {
    List<String> lines = String.valueOf(error.getMessage()).lines().toList();
    return lines.size() > 1 ? lines.get(1) : lines.get(0);
  }
}
