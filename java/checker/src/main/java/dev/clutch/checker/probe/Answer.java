package dev.clutch.checker.probe;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a probe process found.
 *
 * @param outcome how it ended
 * @param step what it was doing when it ended otherwise than well, such as "import", "close",
 *     "import again", "exercise"; empty if it ended well
 * @param error what was raised, if {@link Outcome#REFUSED} or {@link Outcome#RAISED}; also if the
 *     process crashed after that
 * @param signal number of the signal, if {@link Outcome#CRASHED} by one; 0 if there was none
 * @param pythonStack innermost frame first, {@code File "...", line N in f} each, if it crashed or
 *     hung and the frames could be read
 * @param nativeStack innermost frame first, {@code library(function+0x1f)} each, likewise
 * @param output what was written to standard output and standard error, its end if it was much
 * @param extensions the extension modules that were loaded, in the order of their loading; also
 *     those whose loading was refused or did not return, with what is known of them
 * @param underWay the one of these that was being loaded when the process crashed or hung, the
 *     innermost if there are several, or else whose exception ended the import just before that;
 *     empty if there was none
 * @param modules names of all other modules that were loaded, in the order in which that ended;
 *     only for {@link Stage#MAIN}, {@link Stage#OWN} and {@link Stage#LEGACY}, if the import went
 *     well
 * @param growthPerRound bytes that each interpreter after the first round left behind beyond what
 *     one that imports nothing does, for {@link Stage#PARALLEL} and {@link Stage#AGAIN}; else 0
 * @param elapsed wall time
 */
public record Answer(
    Outcome outcome,
    String step,
    Optional<PythonError> error,
    int signal,
    List<String> pythonStack,
    List<String> nativeStack,
    String output,
    List<Loaded> extensions,
    Optional<Loaded> underWay,
    List<String> modules,
    long growthPerRound,
    Duration elapsed) {

  /**
   * A Python exception.
   *
   * @param type qualified name of its class, such as {@code ImportError}
   * @param message its text
   * @param traceback as Python prints it, causes included
   */
  public record PythonError(String type, String message, String traceback) {}
}
