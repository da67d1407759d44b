package dev.clutch.discovery;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The folders where libpythons are installed, each with the name of who puts them there. */
final class SearchPath {
  private final Path root;
  private final Path home;
  private final Map<String, String> environment;
  private final Map<Path, String> folders = new LinkedHashMap<>();

  private SearchPath(Path root, Path home, Map<String, String> environment) {
    this.root = root;
    this.home = home;
    this.environment = environment;
  }

  /** The folders that exist on this machine. */
  static Map<Path, String> ofThisMachine() {
    return of(Path.of("/"), Path.of(System.getProperty("user.home", "/")), System.getenv());
  }

  /** The folders that exist below {@code root}, {@code home} and what the environment names. */
  static Map<Path, String> of(Path root, Path home, Map<String, String> environment) {
    SearchPath search = new SearchPath(root, home, environment);
    search.addSystem();
    search.addVersionManagers();
    search.addConda();
    search.addExecutables();
    return search.folders;
  }

  private void addSystem() {
    add("system", Prefix.libraryFolders(root.resolve("usr")));
    add("system", Prefix.libraryFolders(root.resolve("usr/local")));
    add("/opt", Folders.glob(root, "opt", "python*", "lib"));
    add("/opt", Folders.glob(root, "opt", "python", "*", "lib"));
    add("tool cache", Folders.glob(root, "opt", "hostedtoolcache", "Python", "*", "*", "lib"));
  }

  private void addVersionManagers() {
    Path pyenv = variable("PYENV_ROOT", home.resolve(".pyenv"));
    add("pyenv", Folders.glob(pyenv, "versions", "*", "lib"));
    Path data = variable("XDG_DATA_HOME", home.resolve(".local/share"));
    Path uv = variable("UV_PYTHON_INSTALL_DIR", data.resolve("uv/python"));
    add("uv", Folders.glob(uv, "*", "lib"));
  }

  private void addConda() {
    Path active = variable("CONDA_PREFIX", root.resolve("opt/conda"));
    Stream.concat(
            Stream.of(active, root.resolve("opt/conda")),
            Stream.of("miniconda3", "miniforge3", "mambaforge", "anaconda3").map(home::resolve))
        .forEach(this::addCondaInstallation);
  }

  private void addCondaInstallation(Path prefix) {
    add("conda", Folders.glob(prefix, "lib"));
    add("conda", Folders.glob(prefix, "envs", "*", "lib"));
  }

  /** Where the executables on {@code PATH} lead to; pyenv's shims are scripts and lead nowhere. */
  private void addExecutables() {
    Stream.of(environment.getOrDefault("PATH", "").split(":"))
        .filter(Predicate.not(String::isEmpty))
        .flatMap(folder -> Folders.list(Path.of(folder), "python3*").stream())
        .flatMap(file -> PythonExecutable.at(file).stream())
        .map(PythonExecutable::prefix)
        .distinct()
        .forEach(prefix -> add("PATH", Prefix.libraryFolders(prefix)));
  }

  private Path variable(String name, Path otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? otherwise : Path.of(value);
  }

  private void add(String origin, List<Path> found) {
    found.forEach(folder -> folders.putIfAbsent(Folders.real(folder), origin));
  }
}
