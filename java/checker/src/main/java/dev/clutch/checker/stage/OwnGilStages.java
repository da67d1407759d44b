package dev.clutch.checker.stage;

import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Stage;
import java.util.List;
import java.util.Optional;

/** Holds a module to its promise, from the cheapest question on, until one goes wrong. */
final class OwnGilStages {
  private final Dossier dossier;
  private final List<Loaded> loadedInMain;

  OwnGilStages(Dossier dossier, Reply main) {
    this.dossier = dossier;
    this.loadedInMain = main.answer().extensions();
  }

  /** Asks about the subject, or a package that loaded it. */
  interface Asking {
    Reply ask(Stage stage) throws InterruptedException;
  }

  /** What went wrong in an own GIL; empty if nothing did. */
  Optional<Ruling> problem() throws InterruptedException {
    Optional<Ruling> once = judge(dossier.askOrShare(Stage.OWN));
    return once.isPresent() ? once : repeatedly(dossier::askOrShare);
  }

  /**
   * What went wrong when it was imported more than once; empty if nothing did. Several at once also
   * close and are followed by others, so only if that fails does it matter whether one after the
   * other would do.
   */
  Optional<Ruling> repeatedly(Asking asking) throws InterruptedException {
    Reply parallel = asking.ask(Stage.PARALLEL);
    if (parallel.is(Outcome.OK)) {
      return Optional.empty();
    }
    Optional<Ruling> again = judge(asking.ask(Stage.AGAIN));
    return again.isPresent() ? again : judge(parallel);
  }

  /** What an answer for an own GIL means; empty if all is well. */
  Optional<Ruling> judge(Reply reply) throws InterruptedException {
    if (reply.is(Outcome.OK)) {
      return Optional.empty();
    }
    Optional<Ruling> fatal = Failures.fatal(reply);
    if (fatal.isPresent()) {
      return fatal;
    }
    if (reply.isRefusal()) {
      Optional<Loaded> culprit = culprit(reply);
      return Optional.of(isItself(culprit) ? undeclared() : dependency(culprit, ""));
    }
    Optional<Loaded> missed = missed(reply);
    return Optional.of(
        missed.isPresent()
            ? dependency(missed, " Without that it raises " + raised(reply))
            : brokenPromise(reply));
  }

  /** Only then is it known to be refused by nothing but the refusal. */
  private boolean isItself(Optional<Loaded> culprit) {
    return culprit
        .filter(extension -> extension.name().equals(dossier.subject().module()))
        .filter(extension -> extension.definition().isEmpty())
        .isPresent();
  }

  /** Multi-phase, as a single-phase init function must return a module, and that tells all. */
  private Ruling undeclared() throws InterruptedException {
    return legacy(
        Verdict.SHARED_GIL,
        Rule.NO_SLOT,
        "CPython refuses it with an own GIL. What it declares is not known, as it makes an object"
            + " that is no module.");
  }

  /**
   * An extension that was refused while somebody caught the error, as {@code datetime} does of
   * CPython 3.12: what then lacks its contents raises any other.
   */
  private Optional<Loaded> missed(Reply reply) {
    return reply.answer().extensions().stream()
        .filter(extension -> extension.definition().isEmpty())
        .flatMap(extension -> find(loadedInMain, extension.name()).stream())
        .filter(Declarations::isRefused)
        .findFirst();
  }

  private static String raised(Reply reply) {
    return Failures.error(reply.answer()) + " in " + Failures.place(reply.stage()) + ".";
  }

  private Ruling dependency(Optional<Loaded> culprit, String more) throws InterruptedException {
    Verdict declared =
        culprit.flatMap(Loaded::definition).map(Declarations::verdict).orElse(Verdict.MAIN_ONLY);
    Verdict verdict = declared == Verdict.OWN_GIL ? Verdict.MAIN_ONLY : declared;
    List<String> chain =
        culprit
            .map(extension -> Texts.chain(dossier.subject().module(), extension))
            .orElseGet(List::of);
    return legacy(
            verdict,
            Rule.DEPENDENCY,
            "Needs "
                + culprit.map(this::described).orElse("an extension module that is refused")
                + "."
                + more)
        .withChain(chain)
        .decidedBy(culprit.flatMap(Loaded::definition));
  }

  private String described(Loaded extension) {
    return extension
        .definition()
        .filter(definition -> !Declarations.declaresOwnGil(definition))
        .map(definition -> extension.name() + ", which " + Declarations.inWords(definition))
        .orElse(extension.name() + ", which CPython refuses");
  }

  private Optional<Loaded> culprit(Reply reply) {
    Optional<String> name = Refusal.module(reply.answer());
    Optional<Loaded> named =
        name.flatMap(refused -> find(loadedInMain, refused))
            .or(() -> name.flatMap(refused -> find(reply.answer().extensions(), refused)));
    return named
        .or(() -> name.map(refused -> new Loaded(refused, "", List.of(), Optional.empty())))
        .or(() -> loadedInMain.stream().filter(Declarations::isRefused).findFirst());
  }

  private static Optional<Loaded> find(List<Loaded> extensions, String name) {
    return extensions.stream().filter(extension -> isNamed(extension.name(), name)).findFirst();
  }

  /** CPython's message has the name without its package when the definition has it so. */
  private static boolean isNamed(String full, String name) {
    return full.equals(name) || full.endsWith("." + name);
  }

  private Ruling brokenPromise(Reply reply) throws InterruptedException {
    boolean exercise = Failures.isExercise(reply.answer());
    String message =
        (exercise ? "The exercise script raises " : "Declares support for an own GIL, but raises ")
            + raised(reply);
    Rule rule = exercise ? Rule.EXERCISE_FAILS : Rule.BROKEN_PROMISE;
    // A shared GIL does not help what cannot be imported a second time.
    Verdict hoped = reply.stage() == Stage.AGAIN ? Verdict.MAIN_ONLY : Verdict.SHARED_GIL;
    return legacy(hoped, rule, message);
  }

  /** The hoped-for verdict if a legacy subinterpreter bears it out, else what that shows. */
  Ruling legacy(Verdict hoped, Rule rule, String message) throws InterruptedException {
    Reply legacy = dossier.askOrShare(Stage.LEGACY);
    Optional<Ruling> fatal = Failures.fatal(legacy);
    if (fatal.isPresent()) {
      return fatal.get();
    }
    if (legacy.is(Outcome.OK)) {
      return Ruling.of(hoped, rule, message).withLegacy(true);
    }
    String also =
        message + " In " + Failures.place(Stage.LEGACY) + ", " + Failures.error(legacy.answer());
    Rule why = hoped == Verdict.SHARED_GIL ? Rule.LEGACY_FAILS : rule;
    return Ruling.of(Verdict.MAIN_ONLY, why, also);
  }
}
