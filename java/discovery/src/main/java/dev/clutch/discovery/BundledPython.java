package dev.clutch.discovery;

import dev.clutch.PythonUnavailableException;
import dev.clutch.spi.PythonCandidate;
import dev.clutch.spi.PythonInstallation;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A CPython in a jar on the class path.
 *
 * @param minor such as {@code 3.14}
 * @param library the URL of its libpython, right in the folder that is the prefix
 */
record BundledPython(String minor, URL library) {
  static final String ORIGIN = "bundled";

  private static final Pattern PY_VERSION =
      Pattern.compile("#define\\s+PY_VERSION\\s+\"([^\"]+)\"");

  /** The folder that holds everything, as a URL. */
  URL folder() throws IOException {
    return new URL(library, ".");
  }

  /** The libpython in the jar. */
  JarURLConnection connection() throws IOException {
    if (library.openConnection() instanceof JarURLConnection connection) {
      return connection;
    }
    throw new IOException(library + " is not in a jar");
  }

  JarEntry entry() throws IOException {
    return connection().getJarEntry();
  }

  Path jar() throws IOException {
    return Path.of(connection().getJarFile().getName());
  }

  String libraryName() {
    return library.getPath().substring(library.getPath().lastIndexOf('/') + 1);
  }

  /** The full version, from the headers, which are there however the jar is named. */
  PythonVersion version() throws IOException {
    URL header = new URL(library, "include/python" + minor + "/patchlevel.h");
    try (InputStream in = header.openStream()) {
      Matcher matcher = PY_VERSION.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      PythonVersion version = matcher.find() ? PythonVersion.parse(matcher.group(1)) : null;
      if (version == null) {
        throw new IOException(header + " names no PY_VERSION");
      }
      return version;
    }
  }

  /** Extracts it, unless it is already, and describes what can be opened. */
  PythonInstallation install() {
    try {
      Path file = new BundleCache(this).folder().resolve(libraryName());
      return Installations.of(LibPython.usable(file, version()), ORIGIN);
    } catch (IOException e) {
      throw new PythonUnavailableException(
          "Cannot extract the bundled CPython "
              + minor
              + " ("
              + library
              + "): "
              + e
              + ". It goes to ~/.javacpp/cache, or where -Dorg.bytedeco.javacpp.cachedir=... says;"
              + " that folder must be writable and have 200 MB free.",
          e);
    }
  }

  PythonCandidate candidate() {
    try {
      return new PythonCandidate(ORIGIN, jar().toString(), version().toString(), null);
    } catch (IOException e) {
      return new PythonCandidate(ORIGIN, library.toString(), minor, "it cannot be read: " + e);
    }
  }
}
