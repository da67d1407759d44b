package dev.clutch.checker.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The program {@code clutch-probe} and its libraries, unpacked from this jar into the user's cache,
 * in a folder that is named after what they contain.
 *
 * @param folder where they are
 */
record ProbeFiles(Path folder) {
  private static final String PROGRAM = "clutch-probe";
  private static final List<String> MINOR_VERSIONS = List.of("3.12", "3.13", "3.14");

  private static String libraryName(String minorVersion) {
    return "libclutch-probe" + minorVersion + ".so";
  }

  Path program() {
    return folder.resolve(PROGRAM);
  }

  /** What the program opens for a CPython. */
  Path library(String minorVersion) {
    if (!MINOR_VERSIONS.contains(minorVersion)) {
      throw new ProbeException(
          "There is no probe for CPython "
              + minorVersion
              + ", only for "
              + String.join(", ", MINOR_VERSIONS)
              + "; choose one of these");
    }
    return folder.resolve(libraryName(minorVersion));
  }

  /** Unpacks them, unless they are there already. */
  static ProbeFiles unpacked() {
    try {
      Map<String, byte[]> files = read();
      Path folder = cache().resolve("probe-" + digest(files));
      Files.createDirectories(folder);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        unpack(file.getValue(), folder.resolve(file.getKey()));
      }
      return new ProbeFiles(folder);
    } catch (IOException e) {
      throw new ProbeException(
          "The program clutch-probe could not be unpacked into "
              + cache()
              + "; set XDG_CACHE_HOME to a folder that can be written",
          e);
    }
  }

  private static Path cache() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home", "."), ".cache")
            : Path.of(cache);
    return base.toAbsolutePath().resolve("clutch");
  }

  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).replace(" ", "");
    String arch = System.getProperty("os.arch", "");
    return os + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }

  private static Map<String, byte[]> read() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(PROGRAM, read(PROGRAM));
    for (String minorVersion : MINOR_VERSIONS) {
      files.put(libraryName(minorVersion), read(libraryName(minorVersion)));
    }
    return files;
  }

  private static byte[] read(String name) throws IOException {
    String resource = "/" + platform() + "/probe/" + name;
    try (InputStream in = ProbeFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new ProbeException(
            "This Clutch has no probe for this platform: "
                + resource
                + " is not in clutch-checker.jar, which is for Linux on x86-64");
      }
      return in.readAllBytes();
    }
  }

  private static String digest(Map<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.values().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In one step, as another process may be at it too, or be killed on the way. */
  private static void unpack(byte[] content, Path file) throws IOException {
    if (Files.exists(file) && Files.size(file) == content.length) {
      return;
    }
    Path draft = Files.createTempFile(file.getParent(), "draft", "");
    try {
      Files.write(draft, content);
      if (!draft.toFile().setExecutable(true, true)) {
        throw new IOException(draft + " cannot be made executable");
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
