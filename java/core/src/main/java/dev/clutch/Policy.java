package dev.clutch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the Python code of an interpreter may not do. Each denial is a {@code clutch.PolicyError} in
 * Python, which names the audit event (PEP 578), its argument and the denial: {@code
 * clutch.AccessDenied}, a {@code PermissionError}, or for modules {@code clutch.ImportDenied}, an
 * {@code ImportError}. Python code cannot change or remove the policy of its interpreter.
 *
 * <p>CPython is no security sandbox, and a policy does not make it one: it stops what goes the
 * ordinary ways. Code that may use {@code ctypes} or native extensions gets around every other
 * denial, so deny those as well. Where there is any denial, Python code can also make no further
 * interpreters, and run nothing in others.
 *
 * <p>Immutable.
 *
 * @param deniesFiles whether files outside {@code folders} are denied
 * @param folders resolved, existing folders in which files may be used; empty if files are not
 *     denied, or all are
 * @param deniesSockets whether sockets are denied
 * @param deniesSubprocesses whether starting processes is denied
 * @param deniesCtypes whether {@code ctypes} is denied
 * @param deniesNativeExtensions whether extension modules are denied that are not the standard
 *     library's
 */
public record Policy(
    boolean deniesFiles,
    List<Path> folders,
    boolean deniesSockets,
    boolean deniesSubprocesses,
    boolean deniesCtypes,
    boolean deniesNativeExtensions) {

  private static final Policy NONE = new Policy(false, List.of(), false, false, false, false);

  /**
   * Keeps a copy of the folders, resolved.
   *
   * @throws IllegalArgumentException if one of them is no folder
   */
  public Policy {
    folders = folders.stream().map(Policy::resolve).toList();
    if (!deniesFiles && !folders.isEmpty()) {
      throw new IllegalArgumentException("folders without deniesFiles mean nothing: " + folders);
    }
  }

  /** Denies nothing: how an interpreter is made without a policy. */
  public static Policy none() {
    return NONE;
  }

  /** Whether something is denied. */
  public boolean deniesAnything() {
    return !equals(NONE);
  }

  /** A builder that denies nothing yet. */
  public static Builder builder() {
    return new Builder();
  }

  private static Path resolve(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (Files.isDirectory(real)) {
        return real;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(refusal(folder), e);
    }
    throw new IllegalArgumentException(refusal(folder));
  }

  private static String refusal(Path folder) {
    return folder.toAbsolutePath() + " is no folder: give one that exists when the policy is made";
  }

  /** Denies one thing after the other. Not thread-safe. */
  public static final class Builder {
    private boolean files;
    private final List<Path> folders = new ArrayList<>();
    private boolean sockets;
    private boolean subprocesses;
    private boolean ctypes;
    private boolean nativeExtensions;

    private Builder() {}

    /**
     * Denies to open, list, make, change and remove files outside these folders, and to change the
     * working folder, which is the whole process's. Links are judged by where they lead. The
     * folders of {@code sys.path} may be read, so that modules can be imported. Modules that open
     * files of their own accord are denied: {@code sqlite3}, {@code dbm.gnu}, {@code dbm.ndbm},
     * {@code multiprocessing.shared_memory}, {@code readline}.
     *
     * @param allowed folders that exist; none denies all files
     */
    public Builder denyFilesOutside(Path... allowed) {
      files = true;
      for (Path each : allowed) {
        folders.add(Objects.requireNonNull(each, "folder"));
      }
      return this;
    }

    /**
     * Denies to make sockets that could reach another process, and to look up names and addresses.
     * {@code asyncio} works without.
     */
    public Builder denySockets() {
      sockets = true;
      return this;
    }

    /**
     * Denies to start processes: {@code subprocess}, {@code os.system}, {@code os.fork} and so on.
     */
    public Builder denySubprocesses() {
      subprocesses = true;
      return this;
    }

    /** Denies {@code ctypes}. */
    public Builder denyCtypes() {
      ctypes = true;
      return this;
    }

    /**
     * Denies to load extension modules other than those of CPython's own standard library, that is
     * of its folder {@code lib-dynload}.
     */
    public Builder denyNativeExtensions() {
      nativeExtensions = true;
      return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException if one of the folders is none
     */
    public Policy build() {
      return new Policy(files, folders, sockets, subprocesses, ctypes, nativeExtensions);
    }
  }
}
