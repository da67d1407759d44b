package dev.clutch.checker.targets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Folders that are gone when this is closed, when the JVM ends, or, if that was killed outright,
 * when somebody next makes one: their names say whose they are.
 */
public final class TemporaryFolders implements AutoCloseable {
  private static final String PREFIX = "clutch-check-";

  private final Path parent;
  private final String own;
  private final Deque<Path> folders = new ArrayDeque<>();
  private final Thread hook = new Thread(this::deleteAll, "clutch-check-cleaner");

  /** Folders in the system's folder for such. */
  public TemporaryFolders() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  TemporaryFolders(Path parent) {
    this.parent = parent;
    this.own = PREFIX + processNamespace() + "-";
    sweep();
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * A new one.
   *
   * @throws UncheckedIOException if it cannot be made
   */
  public synchronized Path create() {
    try {
      String name = own + ProcessHandle.current().pid() + "-";
      Path folder = Files.createTempDirectory(parent, name);
      folders.push(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a folder in " + parent, e);
    }
  }

  /** Containers may share a folder, and each has a process of any id. */
  private static String processNamespace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
          .toString()
          .replaceAll("[^0-9]", "");
    } catch (IOException | UnsupportedOperationException e) {
      return "0";
    }
  }

  private void sweep() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, own + "*")) {
      for (Path folder : all) {
        if (isOrphan(folder)) {
          delete(folder);
        }
      }
    } catch (IOException e) {
      // Somebody else's leftovers; the next run tries again.
      return;
    }
  }

  private boolean isOrphan(Path folder) {
    String id = folder.getFileName().toString().substring(own.length()).replaceFirst("-.*", "");
    return id.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(id)).isEmpty();
  }

  private synchronized void deleteAll() {
    while (!folders.isEmpty()) {
      delete(folders.pop());
    }
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new Deleter());
    } catch (IOException e) {
      // Not ours to delete, or gone already.
      return;
    }
  }

  @Override
  public void close() {
    deleteAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook runs.
      return;
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
