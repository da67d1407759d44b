package dev.clutch.checker.stage;

import dev.clutch.checker.extension.ExtensionFile;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Which extension module was being imported when a process died or hung. */
final class Culprit {
  /** There the import guard is on. */
  private static final Set<Stage> OWN_GIL = EnumSet.of(Stage.OWN, Stage.AGAIN, Stage.PARALLEL);

  private Culprit() {}

  /** Another module than the one that was asked about. */
  static Optional<Loaded> other(Reply reply) {
    return of(reply).filter(culprit -> !culprit.name().equals(reply.module()));
  }

  /** Where several threads import at once, it may be any of theirs. */
  private static Optional<Loaded> of(Reply reply) {
    return reply.stage() == Stage.PARALLEL ? Optional.empty() : reply.answer().underWay();
  }

  /** Whether it is refused by {@link dev.clutch.ImportGuard#STATIC} before it can do that. */
  static boolean isStoppedByGuard(Reply reply) {
    return OWN_GIL.contains(reply.stage())
        && of(reply).map(Loaded::file).filter(Culprit::isSinglePhase).isPresent();
  }

  private static boolean isSinglePhase(String file) {
    try {
      return !file.isEmpty() && ExtensionFile.read(Path.of(file)).isSinglePhase();
    } catch (IOException e) {
      return false; // nor can the guard read it
    }
  }
}
