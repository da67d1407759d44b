package dev.clutch.discovery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A real file with a few bytes changed, so that it is what no Debian machine has at hand. */
final class FakeLibrary {
  private static final int ELF_CLASS = 4;
  private static final int ELF_MACHINE = 18;

  private final byte[] bytes;

  private FakeLibrary(byte[] bytes) {
    this.bytes = bytes;
  }

  static FakeLibrary from(Path original) throws IOException {
    return new FakeLibrary(Files.readAllBytes(original));
  }

  FakeLibrary of32Bit() {
    bytes[ELF_CLASS] = 1;
    bytes[ELF_MACHINE] = 3;
    return this;
  }

  FakeLibrary forAarch64() {
    bytes[ELF_MACHINE] = (byte) 183;
    return this;
  }

  FakeLibrary truncated() {
    return new FakeLibrary(Arrays.copyOf(bytes, bytes.length / 3));
  }

  /** Makes {@code Py_GetVersion} answer as that of a free-threaded build does. */
  FakeLibrary freeThreaded() {
    replace("%.80s (%.80s) %.80s", "%.6s free-threading");
    return this;
  }

  private void replace(String text, String replacement) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = all.indexOf(text);
    if (at < 0 || text.length() != replacement.length()) {
      throw new AssertionError("cannot replace \"" + text + "\"");
    }
    System.arraycopy(
        replacement.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at, replacement.length());
  }

  Path as(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return file;
  }
}
