package dev.clutch.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real JVMs on a cache of their own: what one leaves half done, the next repairs. */
class BundleCacheTest {
  private static final String MINOR = "3.12";
  private static final String COMPILED = "json/__pycache__/decoder.cpython-312.pyc";

  @TempDir Path cache;

  private final List<ProcessHandle> orphans = new ArrayList<>();

  @Test
  void twoProcessesThatStartAtOnceBothSucceed() throws Exception {
    ChildJvm one = ChildJvm.start(cache, MINOR, "open");
    ChildJvm other = ChildJvm.start(cache, MINOR, "open");

    assertThat(one.output()).contains("opened 3.12.1");
    assertThat(other.output()).contains("opened 3.12.1");
    assertComplete();
  }

  @Test
  void aProcessKilledHalfWayIsRepairedByTheNext() throws Exception {
    killOnce(() -> files("") > 0);
    killOnce(() -> files("") > 700);
    killOnce(() -> files("") > 3000);
    killOnce(() -> files(".pyc") > 10);

    assertThat(ChildJvm.start(cache, MINOR, "open").output()).contains("opened 3.12.1");
    assertComplete();
  }

  private void killOnce(BooleanSupplier halfWay) throws InterruptedException {
    Process process = ChildJvm.start(cache, MINOR).process();
    while (process.isAlive() && !halfWay.getAsBoolean()) {
      Thread.sleep(1);
    }
    process.descendants().forEach(orphans::add);
    process.destroyForcibly().waitFor();
    assertThat(markers()).isZero();
  }

  /** Compilers whose JVM was killed go on beside those of the next one. */
  @AfterEach
  void endOrphans() {
    orphans.forEach(ProcessHandle::destroyForcibly);
    orphans.forEach(orphan -> orphan.onExit().join());
  }

  @Test
  void theMarkerSavesTheCheckAndWithoutItAllIsChecked() throws Exception {
    ChildJvm.start(cache, MINOR).output();
    Path file = stdlib().resolve("json/decoder.py");
    long size = Files.size(file);
    truncate(file);

    ChildJvm.start(cache, MINOR).output();
    assertThat(file).hasSize(1);

    deleteMarkers();
    ChildJvm.start(cache, MINOR).output();
    assertThat(file).hasSize(size);

    truncate(library());
    assertThat(ChildJvm.start(cache, MINOR, "open").output()).contains("opened 3.12.1");
    assertComplete();
  }

  private void assertComplete() throws IOException {
    assertThat(markers()).isOne();
    assertThat(stdlib().resolve(COMPILED)).exists();
    assertThat(stdlib().resolve("../../bin/python" + MINOR)).isExecutable();
  }

  private static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(1);
    }
  }

  private void deleteMarkers() throws IOException {
    for (Path marker : Folders.list(cache, "*.complete")) {
      Files.delete(marker);
    }
  }

  private long markers() {
    return Folders.list(cache, "*.complete").size();
  }

  private Path stdlib() throws IOException {
    return library().resolveSibling("lib/python" + MINOR);
  }

  private Path library() throws IOException {
    String name = "libpython" + MINOR + ".so.1.0";
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private long files(String suffix) {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(file -> file.toString().endsWith(suffix)).count();
    } catch (IOException | UncheckedIOException e) {
      // A file that was just deleted.
      return 0;
    }
  }
}
