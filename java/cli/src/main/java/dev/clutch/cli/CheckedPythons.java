package dev.clutch.cli;

import dev.clutch.checker.Environments;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which CPythons {@code check} asks. */
final class CheckedPythons {
  private static final String ALL = "all";
  private static final List<String> MINORS = List.of("3.12", "3.13", "3.14");

  private CheckedPythons() {}

  /** Those of {@code --python}; else that of the environment to be checked; else the default. */
  static List<String> selectors(ClutchCli clutch, List<String> targets) {
    String named = clutch.python;
    if (named == null) {
      return List.of(ofEnvironment(targets).orElseGet(() -> clutch.pythonOptions().python()));
    }
    List<String> selectors =
        named.equals(ALL)
            ? MINORS
            : Arrays.stream(named.split(",", -1)).map(String::strip).distinct().toList();
    if (selectors.stream().anyMatch(String::isEmpty)) {
      throw new UserError("--python names no CPython; say for example 3.13,3.14 or all");
    }
    return selectors;
  }

  private static Optional<String> ofEnvironment(List<String> targets) {
    return targets.stream()
        .flatMap(target -> Environments.minorVersion(Path.of(target)).stream())
        .findFirst()
        .filter(MINORS::contains);
  }
}
