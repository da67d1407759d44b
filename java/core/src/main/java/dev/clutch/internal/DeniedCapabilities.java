package dev.clutch.internal;

import dev.clutch.Policy;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A policy as {@code policy.h} takes it. */
final class DeniedCapabilities {
  private DeniedCapabilities() {}

  /** The bits of {@code enum clutch_capability}. */
  static int bits(Policy policy) {
    return (policy.deniesFiles() ? 1 : 0)
        | (policy.deniesSockets() ? 2 : 0)
        | (policy.deniesSubprocesses() ? 4 : 0)
        | (policy.deniesCtypes() ? 8 : 0)
        | (policy.deniesNativeExtensions() ? 16 : 0);
  }

  /** The folders, each with a NUL at its end, and another NUL. */
  static ByteBuffer folders(Policy policy) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Path folder : policy.folders()) {
      bytes.writeBytes(folder.toString().getBytes(StandardCharsets.UTF_8));
      bytes.write(0);
    }
    bytes.write(0);
    return ByteBuffer.allocateDirect(bytes.size()).put(bytes.toByteArray());
  }
}
