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
 * @param timeout after which the process is killed and the answer is {@link Outcome#HANGED}
 */
public record Question(
    String module, Stage stage, List<Path> searchPath, Optional<Path> exercise, Duration timeout) {}
