package dev.clutch.checker;

import dev.clutch.checker.targets.Subject;
import dev.clutch.spi.VerdictStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Records verdicts on files. Any number of threads may. */
final class Recorder {
  private final Optional<VerdictStore> store;
  private final AtomicBoolean failed = new AtomicBoolean();

  Recorder(Optional<VerdictStore> store) {
    this.store = store;
  }

  /** The verdict on a subject's file, if it has one; why it is not recorded, the first time. */
  Optional<String> record(Subject subject, Finding finding) {
    if (store.isEmpty() || failed.get()) {
      return Optional.empty();
    }
    return finding
        .file()
        .map(subject::file)
        .filter(Files::isReadable)
        .flatMap(file -> record(store.get(), file, finding));
  }

  private Optional<String> record(VerdictStore to, Path file, Finding finding) {
    try {
      to.record(file, minor(finding.python()), finding.verdict().name());
    } catch (IOException e) {
      if (!failed.getAndSet(true)) {
        return Optional.of(
            "Verdicts are not recorded, so ImportGuard.STRICT will not know them (" + e + ").");
      }
    }
    return Optional.empty();
  }

  private static String minor(String version) {
    return version.substring(0, version.indexOf('.', version.indexOf('.') + 1));
  }
}
