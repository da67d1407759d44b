package dev.clutch.checker.probe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A question to a probe process.
 *
 * @param module the dotted name to import
 * @param stage what to do with it
 * @param searchPath folders and archives before the standard library's in {@code sys.path}
 * @param exercise Python source file to run in each interpreter once the module is imported
 * @param rounds how many times {@link Stage#AGAIN} and {@link Stage#PARALLEL} make new
 *     interpreters; fewer than {@link #FEWEST_ROUNDS} are that many
 * @param timeout after which the process is killed and the answer is {@link Outcome#HANGED}
 */
public record Question(
    String module,
    Stage stage,
    List<Path> searchPath,
    Optional<Path> exercise,
    int rounds,
    Duration timeout) {
  /** What it takes to tell growth from chance. */
  public static final int FEWEST_ROUNDS = 3;

  /** With the fewest rounds. */
  public Question(
      String module,
      Stage stage,
      List<Path> searchPath,
      Optional<Path> exercise,
      Duration timeout) {
    this(module, stage, searchPath, exercise, FEWEST_ROUNDS, timeout);
  }
}
