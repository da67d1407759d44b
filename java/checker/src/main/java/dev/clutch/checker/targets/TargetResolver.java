package dev.clutch.checker.targets;

import dev.clutch.checker.CheckException;
import dev.clutch.checker.extension.ModuleFileName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells what a target is, and finds the modules in it. */
public final class TargetResolver {
  private final List<Path> searchPath;
  private final TemporaryFolders temporary;

  /**
   * A resolver.
   *
   * @param searchPath where names are looked for
   * @param temporary where wheels are unpacked
   */
  public TargetResolver(List<Path> searchPath, TemporaryFolders temporary) {
    this.searchPath = searchPath.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    this.temporary = temporary;
  }

  /**
   * The modules of a target: a path if there is such a file or folder, else a name.
   *
   * @throws CheckException if it is neither, or nothing is in it
   */
  public List<Subject> resolve(String target) {
    Optional<Path> path = existing(target);
    if (path.isEmpty()) {
      return name(target);
    }
    List<Subject> subjects = Files.isDirectory(path.get()) ? folder(path.get()) : file(path.get());
    if (subjects.isEmpty()) {
      throw new CheckException(
          target
              + " has no modules in it. Name a package's folder, the folder it is installed in, a"
              + " virtual environment, a wheel, or an extension module.");
    }
    return subjects;
  }

  private static Optional<Path> existing(String target) {
    try {
      Path path = Path.of(target).toAbsolutePath().normalize();
      return !target.isBlank() && Files.exists(path) ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private List<Subject> file(Path file) {
    if (file.toString().endsWith(".whl")) {
      return wheel(file);
    }
    if (ModuleFileName.looksNative(file)) {
      return List.of(scan(ModuleNames.rootOf(file)).extensionFile(file));
    }
    throw new CheckException(
        file
            + " is neither a wheel nor an extension module. Name a .whl or .so file, a folder, a"
            + " virtual environment, or a module that can be imported.");
  }

  private List<Subject> wheel(Path file) {
    Path folder = temporary.create();
    Wheel.unpack(file, folder);
    return new TreeScan(folder, searchPath, Optional.of(file)).subjects(folder);
  }

  private List<Subject> folder(Path folder) {
    if (Files.exists(folder.resolve("pyvenv.cfg"))) {
      return environment(folder);
    }
    Path root = ModuleNames.root(folder);
    return scan(root).subjects(folder);
  }

  private List<Subject> environment(Path folder) {
    List<Subject> subjects = new ArrayList<>();
    try (DirectoryStream<Path> pythons =
        Files.newDirectoryStream(folder.resolve("lib"), "python3*")) {
      for (Path python : pythons) {
        Path site = python.resolve("site-packages");
        if (Files.isDirectory(site)) {
          subjects.addAll(scan(site).subjects(site));
        }
      }
    } catch (IOException e) {
      throw new CheckException(
          folder + " is a virtual environment without lib/python3*/site-packages. Make it again.",
          e);
    }
    return subjects;
  }

  private TreeScan scan(Path root) {
    return new TreeScan(root, searchPath, Optional.empty());
  }

  private List<Subject> name(String target) {
    if (!ModuleNames.isName(target)) {
      throw new CheckException(
          "There is no file or folder "
              + target
              + ", and no module is named so. Name a module that can be imported, a .so file, a"
              + " wheel, a folder, or a virtual environment.");
    }
    String relative = target.replace('.', '/');
    for (Path root : searchPath) {
      Path folder = root.resolve(relative);
      if (Files.isDirectory(folder)) {
        List<Subject> subjects = scan(root).subjects(folder);
        if (!subjects.isEmpty()) {
          return subjects;
        }
      }
      if (isModule(root, folder)) {
        return List.of(scan(root).inPython(Subject.Kind.NAME, target));
      }
    }
    return List.of(
        new Subject(
            Subject.Kind.NAME, target, List.of(), searchPath, Optional.empty(), Optional.empty()));
  }

  private static boolean isModule(Path root, Path path) {
    String name = String.valueOf(path.getFileName());
    Path parent = path.getParent() == null ? root : path.getParent();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            parent,
            entry ->
                entry.getFileName().toString().equals(name + ".py")
                    || entry.getFileName().toString().equals(name)
                    || ModuleFileName.parse(entry)
                        .map(file -> file.module().equals(name))
                        .orElse(false))) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }
}
