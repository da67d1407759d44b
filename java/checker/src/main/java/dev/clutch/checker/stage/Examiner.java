package dev.clutch.checker.stage;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Stage;
import dev.clutch.checker.targets.Subject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Examines subjects on one CPython. Any number of threads may. */
public final class Examiner {
  private final Inquiry inquiry;

  /** One that asks there. */
  public Examiner(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  /** The CPython's version. */
  public String version() {
    return inquiry.version();
  }

  /**
   * What is to be said of a subject.
   *
   * @throws dev.clutch.checker.probe.ProbeException if the probe could not do its work
   */
  public Finding examine(Subject subject) throws InterruptedException {
    return switch (subject.kind()) {
      case PURE -> pure(subject);
      case EXTENSION -> new ExtensionExamination(subject, inquiry).examine();
      case PACKAGE, FALLBACK -> new PackageExamination(subject, inquiry).examine();
      case NAME -> named(subject);
    };
  }

  private Finding pure(Subject subject) {
    String message = "It has Python code only, and no extension module.";
    return new Dossier(subject, inquiry).close(Ruling.of(Verdict.PURE, Rule.PURE, message));
  }

  private Finding named(Subject subject) throws InterruptedException {
    Optional<Subject> extension = asExtension(subject);
    return extension.isPresent()
        ? new ExtensionExamination(extension.get(), inquiry).examine()
        : new PackageExamination(subject, inquiry).examine();
  }

  private Optional<Subject> asExtension(Subject name) throws InterruptedException {
    return inquiry.ask(name, Stage.MAIN).answer().extensions().stream()
        .filter(loaded -> loaded.name().equals(name.module()))
        .findFirst()
        .map(loaded -> extension(name, loaded));
  }

  private static Subject extension(Subject name, Loaded loaded) {
    List<Path> files = loaded.file().isEmpty() ? List.of() : List.of(Path.of(loaded.file()));
    return new Subject(
        Subject.Kind.EXTENSION,
        loaded.name(),
        files,
        name.searchPath(),
        name.origin(),
        name.distribution());
  }

  /** The extension modules that a package known by its name alone turned out to import itself. */
  public List<Subject> extensionsOf(Subject name) throws InterruptedException {
    if (name.kind() != Subject.Kind.NAME) {
      return List.of();
    }
    return inquiry.ask(name, Stage.MAIN).answer().extensions().stream()
        .filter(loaded -> !loaded.name().equals(name.module()) && isOf(name.module(), loaded))
        .map(loaded -> extension(name, loaded))
        .toList();
  }

  private static boolean isOf(String module, Loaded loaded) {
    List<String> importers = loaded.importers();
    String importer = importers.isEmpty() ? module : importers.get(importers.size() - 1);
    return loaded.name().startsWith(module + ".")
        || importer.equals(module)
        || importer.startsWith(module + ".");
  }

  /** A finding if Python code does without a refused extension; empty if it does not. */
  public Optional<Finding> fallback(Subject python, Subject extension) throws InterruptedException {
    Reply main = inquiry.ask(python, Stage.MAIN);
    if (!main.is(Outcome.OK) || !PackageExamination.loads(main, extension.module())) {
      return Optional.empty();
    }
    return Optional.of(examine(python)).filter(found -> found.verdict() == Verdict.DEGRADED);
  }
}
