package dev.clutch.checker.stage;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Stage;
import dev.clutch.checker.targets.Subject;
import java.util.List;
import java.util.Optional;

/** Examines a package, by what importing it loads. */
final class PackageExamination {
  private final Dossier dossier;
  private final Subject subject;

  PackageExamination(Subject subject, Inquiry inquiry) {
    this.subject = subject;
    this.dossier = new Dossier(subject, inquiry);
  }

  Finding examine() throws InterruptedException {
    return dossier.close(rule());
  }

  private Ruling rule() throws InterruptedException {
    Reply main = dossier.ask(Stage.MAIN);
    Optional<Ruling> failure = Failures.inMain(main);
    if (failure.isPresent()) {
      return failure.get();
    }
    OwnGilStages stages = new OwnGilStages(dossier, main);
    Reply own = dossier.ask(Stage.OWN);
    Optional<Ruling> problem = stages.judge(own);
    if (problem.isPresent()) {
      return problem.get();
    }
    Optional<Loaded> missing = missing(main.answer(), own.answer());
    return missing.isPresent()
        ? degraded(missing.get(), Substitutes.of(main.answer(), own.answer()))
        : working(main, stages);
  }

  /** An extension of this package that was there in the main interpreter only. */
  private Optional<Loaded> missing(Answer main, Answer own) {
    List<Loaded> missing =
        main.extensions().stream().filter(extension -> isMissing(extension, own)).toList();
    Optional<Loaded> its = missing.stream().filter(this::isIts).findFirst();
    if (its.isEmpty()) {
      missing.forEach(this::noteForeign);
    }
    return its;
  }

  private void noteForeign(Loaded extension) {
    dossier.note(
        Rule.DEPENDENCY_DEGRADED,
        "Does without "
            + extension.name()
            + ", which is refused: "
            + Texts.arrows(Texts.chain(subject.module(), extension))
            + ".");
  }

  /** What is refused is seen by the probe, too, but gets no further than that. */
  private static boolean isMissing(Loaded extension, Answer own) {
    return extension.definition().isPresent()
        && own.extensions().stream()
            .filter(other -> other.name().equals(extension.name()))
            .allMatch(other -> other.definition().isEmpty());
  }

  /** Whether this package itself imports it, not another one that it imports. */
  private boolean isIts(Loaded extension) {
    List<String> importers = extension.importers();
    String importer = importers.isEmpty() ? subject.module() : importers.get(importers.size() - 1);
    return isWithin(extension.name()) || isWithin(importer);
  }

  private boolean isWithin(String module) {
    return module.equals(subject.module()) || module.startsWith(subject.module() + ".");
  }

  private Ruling degraded(Loaded extension, List<String> substitutes) {
    List<String> chain = Texts.chain(subject.module(), extension);
    String importer = chain.get(chain.size() - 2);
    String why =
        extension
            .definition()
            .filter(definition -> !Declarations.declaresOwnGil(definition))
            .map(Declarations::inWords)
            .orElse("is not loaded");
    return Ruling.of(
            Verdict.DEGRADED,
            Rule.DEGRADED,
            "With an own GIL it works without "
                + extension.name()
                + ", which "
                + why
                + ": "
                + importer
                + " goes on with "
                + Substitutes.inWords(substitutes, importer)
                + ", which is usually slower.")
        .withChain(chain)
        .decidedBy(extension.definition());
  }

  private Ruling working(Reply main, OwnGilStages stages) throws InterruptedException {
    boolean isNative =
        main.answer().extensions().stream()
            .anyMatch(extension -> !extension.file().isEmpty() && isIts(extension));
    if (!isNative && subject.kind() == Subject.Kind.NAME) {
      return Ruling.of(
          Verdict.PURE,
          Rule.PURE,
          "Importing it loads no extension module of its own, beyond what CPython starts with.");
    }
    return stages
        .repeatedly(dossier::ask)
        .orElseGet(
            () ->
                Ruling.of(
                    Verdict.OWN_GIL,
                    Rule.OWN_GIL,
                    "Importing it works with an own GIL, in several at once, and again after these"
                        + " were closed."));
  }

  /** Whether an answer shows that a module loads an extension. */
  static boolean loads(Reply main, String extension) {
    return main.answer().extensions().stream().anyMatch(one -> one.name().equals(extension));
  }
}
