package dev.clutch.checker;

import dev.clutch.checker.probe.Question;
import dev.clutch.spi.VerdictStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to check. Immutable; each {@code with} makes another.
 *
 * @param jobs how many probe processes run at once, at least 1
 * @param timeout how long one process may take for one stage of one module
 * @param exercise Python source file to run in each interpreter with its own GIL, once the module
 *     is imported
 * @param rounds how many times several interpreters at once import a module, at least {@link
 *     Question#FEWEST_ROUNDS}: a race that is rare wants more; each process does three to five
 * @param searchPath folders where names are looked for, before the standard library
 * @param verdicts where the verdict on each extension module's file is recorded, for {@link
 *     dev.clutch.ImportGuard#STRICT}; empty to record none
 */
public record CheckOptions(
    int jobs,
    Duration timeout,
    Optional<Path> exercise,
    int rounds,
    List<Path> searchPath,
    Optional<VerdictStore> verdicts) {
  /** How long a stage may take if nobody says otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Checked.
   *
   * @throws CheckException if there is no job, no time, or no such file or folder
   */
  public CheckOptions {
    searchPath = List.copyOf(searchPath);
    if (jobs < 1) {
      throw new CheckException("The number of jobs must be at least 1, not " + jobs + ".");
    }
    if (rounds < Question.FEWEST_ROUNDS) {
      throw new CheckException(
          "There must be at least " + Question.FEWEST_ROUNDS + " rounds, not " + rounds + ".");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new CheckException("The time limit must be more than 0 seconds.");
    }
    exercise.ifPresent(
        file -> {
          if (!file.toFile().isFile()) {
            throw new CheckException(
                "There is no exercise script " + file + ". Name a Python source file.");
          }
        });
  }

  /** One job per processor, 30 seconds, no exercise, no search path, and nothing is recorded. */
  public static CheckOptions defaults() {
    return new CheckOptions(
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_TIMEOUT,
        Optional.empty(),
        Question.FEWEST_ROUNDS,
        List.of(),
        Optional.empty());
  }

  /** With that many probe processes at once. */
  public CheckOptions withJobs(int jobs) {
    return new CheckOptions(jobs, timeout, exercise, rounds, searchPath, verdicts);
  }

  /** With that much time for each stage of each module. */
  public CheckOptions withTimeout(Duration timeout) {
    return new CheckOptions(jobs, timeout, exercise, rounds, searchPath, verdicts);
  }

  /** With a script to run in each interpreter. */
  public CheckOptions withExercise(Path exercise) {
    return new CheckOptions(jobs, timeout, Optional.of(exercise), rounds, searchPath, verdicts);
  }

  /** With that many rounds of interpreters. */
  public CheckOptions withRounds(int rounds) {
    return new CheckOptions(jobs, timeout, exercise, rounds, searchPath, verdicts);
  }

  /** With folders to look for names in. */
  public CheckOptions withSearchPath(List<Path> searchPath) {
    return new CheckOptions(jobs, timeout, exercise, rounds, searchPath, verdicts);
  }

  /** With a place to record verdicts in. */
  public CheckOptions withVerdicts(VerdictStore verdicts) {
    return new CheckOptions(jobs, timeout, exercise, rounds, searchPath, Optional.of(verdicts));
  }
}
