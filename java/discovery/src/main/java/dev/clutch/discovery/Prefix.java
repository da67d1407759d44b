package dev.clutch.discovery;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder that a CPython is installed in, its {@code sys.prefix}, and what lies where in it. */
final class Prefix {
  private Prefix() {}

  /** The nearest folder above {@code library} that has its standard library, or null. */
  static @Nullable Path of(Path library, String minor) {
    for (Path folder = library.getParent(); folder != null; folder = folder.getParent()) {
      if (hasStandardLibrary(folder, minor)) {
        return folder;
      }
    }
    return null;
  }

  private static boolean hasStandardLibrary(Path folder, String minor) {
    return Stream.of("lib", "lib64")
        .anyMatch(lib -> Files.exists(folder.resolve(lib + "/python" + minor + "/os.py")));
  }

  /** The executable of that version, or null if only the library is installed. */
  static @Nullable Path executable(Path prefix, String minor) {
    Path executable = prefix.resolve("bin/python" + minor);
    return Files.isExecutable(executable) ? executable : null;
  }

  /**
   * What must be opened before {@code library}. A bundle, which has its libpython in the prefix
   * itself, brings a libffi that the run path of its {@code _ctypes} does not reach; once opened,
   * the dynamic linker finds it by its soname.
   */
  static List<Path> preload(Path prefix, Path library) {
    return prefix.equals(library.getParent())
        ? Folders.list(prefix, "libffi.so.[0-9]*")
        : List.of();
  }

  /** The libpython that best fits an executable, or null: a statically linked one needs none. */
  static @Nullable Path library(Path prefix, ExecutableName name) {
    return libraryFolders(prefix).stream()
        .flatMap(folder -> Folders.libPythons(folder).stream())
        .filter(file -> name.fits(LibraryName.require(file)))
        .min(Comparator.comparing(LibraryName::require, name.preference()))
        .orElse(null);
  }

  /** Where an installation may keep its libpython. */
  static List<Path> libraryFolders(Path prefix) {
    List<Path> folders = new ArrayList<>();
    folders.add(prefix.resolve("lib"));
    folders.add(prefix.resolve("lib64"));
    folders.addAll(Folders.glob(prefix, "lib", "*-linux-gnu*"));
    folders.add(prefix);
    folders.removeIf(folder -> !Files.isDirectory(folder));
    return folders;
  }
}
