package dev.clutch.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The executable of an installed CPython, which is not run to find its libpython.
 *
 * @param file its real path
 */
record PythonExecutable(Path file, ExecutableName name) {
  /** What {@code path} leads to, and empty if that is a script or something else. */
  static Optional<PythonExecutable> at(Path path) {
    Path real = Folders.real(path);
    ExecutableName name = ExecutableName.of(real);
    return name == null || rejection(real) != null
        ? Optional.empty()
        : Optional.of(new PythonExecutable(real, name));
  }

  /** Why {@code path} is no Python executable that runs here, or null if it may be one. */
  static @Nullable String rejection(Path path) {
    if (isScript(path)) {
      return "it is a script that starts a Python, as the shims of pyenv do; give the executable"
          + " itself (pyenv which python3 prints it)";
    }
    String rejection = ElfHeader.rejection(path);
    return rejection == null && ExecutableName.of(Folders.real(path)) == null
        ? "it is not named as a libpython or an executable of CPython is"
        : rejection;
  }

  private static boolean isScript(Path path) {
    try (var in = Files.newInputStream(path)) {
      return in.read() == '#' && in.read() == '!';
    } catch (IOException e) {
      return false;
    }
  }

  Path prefix() {
    return file.resolveSibling("..").normalize();
  }

  /** The libpython beside it, looked at. */
  LibPython library() {
    Path library = Prefix.library(prefix(), name);
    return library == null
        ? LibPython.rejected(file, name.version(), withoutLibrary())
        : LibPythonProbe.probe(library);
  }

  private String withoutLibrary() {
    PythonVersion version = name.version();
    String rejection = version == null ? null : GlueVersions.rejection(version);
    String wanted = "libpython" + (version == null ? "3" : version);
    return rejection != null
        ? rejection
        : "there is no shared "
            + wanted
            + " for it in "
            + Prefix.libraryFolders(prefix())
            + "; install it (Debian: the package "
            + wanted
            + "; pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared)";
  }
}
