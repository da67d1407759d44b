package dev.clutch.discovery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.jar.JarEntry;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * A bundle extracted in JavaCPP's cache.
 *
 * <p>JavaCPP compares size and time of every file with the jar, and so repairs whatever a killed
 * process left behind. That takes long for thousands of files, so a marker is written, in one step,
 * once the bundle is complete; with it a start only looks at the marker and the libpython.
 */
final class BundleCache {
  private final BundledPython bundle;
  private final Path marker;
  private final Path lockFile;

  /** What the marker says first: a bundle from another jar of the same name is another one. */
  private final String stamp;

  private final long librarySize;

  BundleCache(BundledPython bundle) throws IOException {
    this.bundle = bundle;
    Path cache = Loader.getCacheDir().toPath();
    String name = "clutch-" + bundle.jar().getFileName() + "-" + bundle.minor();
    marker = cache.resolve(name + ".complete");
    lockFile = cache.resolve(name + ".lock");
    JarEntry library = bundle.entry();
    librarySize = library.getSize();
    stamp = "jar " + jarSize(bundle.jar()) + " libpython " + Long.toHexString(library.getCrc());
  }

  /** A jar within a jar has no size of its own; then the checksum of the libpython must do. */
  private static long jarSize(Path jar) throws IOException {
    return Files.exists(jar) ? Files.size(jar) : -1;
  }

  /** The folder of the complete bundle, extracted and compiled first if need be. */
  Path folder() throws IOException {
    Path folder = completed();
    return folder == null ? completeAlone() : folder;
  }

  private @Nullable Path completed() throws IOException {
    if (!Files.exists(marker)) {
      return null;
    }
    List<String> lines = Files.readAllLines(marker);
    return lines.size() == 2 && lines.get(0).equals(stamp) && isWhole(Path.of(lines.get(1)))
        ? Path.of(lines.get(1))
        : null;
  }

  private boolean isWhole(Path folder) throws IOException {
    Path library = folder.resolve(bundle.libraryName());
    return Files.exists(library) && Files.size(library) == librarySize;
  }

  /**
   * The file lock keeps other processes out, but throws when this process has it already, so a
   * monitor comes first. It must be one per process, not per class loader; JavaCPP takes the same.
   */
  private Path completeAlone() throws IOException {
    synchronized (Runtime.getRuntime()) {
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        Path folder = lock.isValid() ? completed() : null;
        return folder == null ? complete() : folder;
      }
    }
  }

  private Path complete() throws IOException {
    Files.deleteIfExists(marker);
    Path folder = Loader.cacheResource(bundle.folder()).toPath();
    if (!isWhole(folder)) {
      throw new IOException("JavaCPP extracted no whole " + bundle.libraryName());
    }
    setRunBits(folder.resolve("bin"));
    new StdlibCompiler(folder, bundle.minor()).compile();
    writeMarker(folder);
    return folder;
  }

  /** Jars keep no permissions. */
  private static void setRunBits(Path bin) throws IOException {
    for (Path file : Folders.list(bin, "*")) {
      if (!file.toFile().setExecutable(true, false)) {
        throw new IOException("cannot make " + file + " executable");
      }
    }
  }

  private void writeMarker(Path folder) throws IOException {
    Path draft = marker.resolveSibling(marker.getFileName() + ".draft");
    Files.write(draft, List.of(stamp, folder.toString()));
    Files.move(draft, marker, StandardCopyOption.ATOMIC_MOVE);
  }
}
