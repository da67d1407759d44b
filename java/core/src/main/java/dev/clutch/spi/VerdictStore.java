package dev.clutch.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was found out about extension modules: a verdict for each file, known by the SHA-256 of its
 * bytes, and each minor version of CPython. {@code clutch check} records verdicts, and {@link
 * dev.clutch.ImportGuard#STRICT} wants them.
 *
 * <p>A folder with one small text file for each verdict. A file is complete when it can be seen, so
 * any number of threads and processes may use one folder at the same time; the last to record a
 * verdict wins. Thread-safe.
 */
public final class VerdictStore {
  /** The verdict of a module that works under its own GIL (PEP 684). */
  public static final String OWN_GIL = "OWN_GIL";

  private static final Pattern VERDICT = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final Pattern MINOR = Pattern.compile("3\\.[0-9]{1,3}");

  private final Path folder;

  private VerdictStore(Path folder) {
    this.folder = folder;
  }

  /**
   * The one of this user: {@code clutch/verdicts} in the folder that {@code XDG_CACHE_HOME} names,
   * or {@code ~/.cache}.
   */
  public static VerdictStore user() {
    String named = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path cache =
        Path.of(named).isAbsolute()
            ? Path.of(named)
            : Path.of(System.getProperty("user.home"), ".cache");
    return at(cache.resolve("clutch").resolve("verdicts"));
  }

  /** The one in this folder, which {@link #record} makes if there is none. */
  public static VerdictStore at(Path folder) {
    return new VerdictStore(folder.toAbsolutePath());
  }

  /**
   * The verdict on a file, or empty if there is none.
   *
   * @param extension the file of an extension module, which is read
   * @param pythonMinor a minor version of CPython, such as {@code 3.14}
   * @throws IllegalArgumentException if that is no such version
   * @throws IOException if the file or the verdict cannot be read
   */
  public Optional<String> verdict(Path extension, String pythonMinor) throws IOException {
    Path entry = entry(extension, pythonMinor);
    String text;
    try {
      text = Files.readString(entry);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String verdict = text.lines().findFirst().orElse("");
    if (!VERDICT.matcher(verdict).matches()) {
      throw new IOException(entry + " does not begin with a verdict: delete it, and check again");
    }
    return Optional.of(verdict);
  }

  /**
   * Keeps a verdict on a file, in the place of an earlier one.
   *
   * @param extension the file of an extension module, which is read
   * @param pythonMinor a minor version of CPython, such as {@code 3.14}
   * @param verdict upper-case letters, digits and underscores, such as {@link #OWN_GIL}
   * @throws IllegalArgumentException if one of them is not of that form
   * @throws IOException if the file cannot be read, or the verdict not be written
   */
  public void record(Path extension, String pythonMinor, String verdict) throws IOException {
    if (!VERDICT.matcher(verdict).matches()) {
      throw new IllegalArgumentException("\"" + verdict + "\" is no verdict, such as " + OWN_GIL);
    }
    Path entry = entry(extension, pythonMinor);
    Path parent = Files.createDirectories(folder.resolve(pythonMinor));
    Path unfinished = Files.createTempFile(parent, ".", ".tmp");
    try {
      Files.writeString(unfinished, verdict + "\n" + extension.toAbsolutePath() + "\n");
      Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private Path entry(Path extension, String pythonMinor) throws IOException {
    if (!MINOR.matcher(pythonMinor).matches()) {
      throw new IllegalArgumentException(
          "\"" + pythonMinor + "\" is no minor version of CPython, such as 3.14");
    }
    return folder.resolve(pythonMinor).resolve(hash(extension) + ".txt");
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
