package dev.clutch.checker.targets;

import dev.clutch.checker.CheckException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A wheel: a zip archive of what goes to site-packages.
 *
 * @see <a href="https://packaging.python.org/en/latest/specifications/binary-distribution-format/">
 *     Binary distribution format</a>
 */
final class Wheel {
  private Wheel() {}

  /** Unpacks it to a folder as an installer would to site-packages. */
  static void unpack(Path wheel, Path folder) {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (!entry.isDirectory()) {
          unpack(zip, entry, folder);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckException(
          wheel + " cannot be unpacked (" + e.getMessage() + "). Is it a whole wheel?", e);
    }
  }

  private static void unpack(ZipFile zip, ZipEntry entry, Path folder) throws IOException {
    Path file = folder.resolve(installedName(entry.getName())).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException("its entry " + entry.getName() + " would land outside of it");
    }
    Files.createDirectories(file.getParent());
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, file);
    }
  }

  /** Wheels may keep modules in {@code NAME.data/platlib} or {@code purelib}. */
  private static String installedName(String name) {
    return name.replaceFirst("^[^/]+\\.data/(?:platlib|purelib)/", "");
  }
}
