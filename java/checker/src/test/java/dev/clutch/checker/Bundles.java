package dev.clutch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Extension modules of the CPythons whose jars the build downloads anyway. */
public final class Bundles {
  private static final Path JARS = Path.of("target", "cpython");

  private Bundles() {}

  /** One from {@code lib-dynload}, in a temporary file. */
  public static Path extension(String minor, String name) throws IOException {
    Path file = Files.createDirectories(JARS.resolve(minor)).resolve(name);
    try (ZipFile jar = new ZipFile(jar(minor).toFile())) {
      ZipEntry entry =
          jar.stream()
              .filter(one -> one.getName().endsWith("/lib-dynload/" + name))
              .findFirst()
              .orElseThrow();
      try (InputStream in = jar.getInputStream(entry)) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return file;
  }

  private static Path jar(String minor) throws IOException {
    try (var jars = Files.list(JARS)) {
      Path jar =
          jars.filter(file -> file.getFileName().toString().startsWith("cpython-" + minor))
              .findFirst()
              .orElse(null);
      assertThat(jar).as("the jar of CPython %s in %s", minor, JARS).isNotNull();
      return jar;
    }
  }
}
