package dev.clutch.soak;

import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Does everything at once for so many seconds as the first argument says, or only the kinds of work
 * that others name; prints how it goes, and checks what is left: docs/soak.md. The exit status is 0
 * if all was right, 1 if not, and 2 if something stood still.
 */
public final class SoakProgram {
  /** It warns of each pipe that is not closed; here, that is done on purpose. */
  private static final Logger LOG = Logger.getLogger("dev.clutch");

  private SoakProgram() {}

  public static void main(String[] arguments) throws Exception {
    LOG.setLevel(Level.SEVERE);
    Duration length = Duration.ofSeconds(Long.parseLong(arguments[0]));
    List<String> problems = new Soak(length, List.of(arguments).subList(1, arguments.length)).run();
    problems.forEach(problem -> System.out.println("FAILED: " + problem));
    System.exit(problems.isEmpty() ? 0 : 1);
  }
}
