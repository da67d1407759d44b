package dev.clutch.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How much memory this process has that no file is mapped to: of libraries the kernel keeps as much
 * in memory as it likes, and makes it more by huge pages at any time.
 */
public final class ResidentSize {
  private ResidentSize() {}

  /** In KiB. */
  public static long kib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  /** In KiB, of so many looks, each after some work. */
  static long median(int samples, Threads.Task work) throws Exception {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      work.run(i);
      System.gc();
      sizes.add(kib());
    }
    Collections.sort(sizes);
    return sizes.get(samples / 2);
  }
}
