package dev.clutch.checker.stage;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.extension.ExtensionFile;
import dev.clutch.checker.extension.ModuleFileName;
import dev.clutch.checker.extension.StaticFacts;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Loaded.Definition;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Stage;
import dev.clutch.checker.targets.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Examines one extension module. */
final class ExtensionExamination {
  /** PEP 793's entry is of 3.15, which Clutch has no glue for. */
  private static final String EXPORTS_SINCE = "3.15";

  /** Single-phase, but made anew for every interpreter, as no other is. */
  private static final Set<String> CORE = Set.of("builtins", "sys");

  private final Dossier dossier;
  private final Subject subject;

  ExtensionExamination(Subject subject, Inquiry inquiry) {
    this.subject = subject;
    this.dossier = new Dossier(subject, inquiry);
  }

  Finding examine() throws InterruptedException {
    Optional<Ruling> rejected = lookAtFile();
    return dossier.close(rejected.isPresent() ? rejected.get() : importIt());
  }

  private Optional<Ruling> lookAtFile() {
    if (subject.files().isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> fitting = subject.files().stream().filter(this::isNamedForThis).findFirst();
    Path file = fitting.orElse(subject.files().get(0));
    dossier.setFile(file);
    if (fitting.isEmpty()) {
      return rejection(file).map(ExtensionExamination::wrong);
    }
    return read(file);
  }

  private boolean isNamedForThis(Path file) {
    return rejection(file).isEmpty();
  }

  private Optional<String> rejection(Path file) {
    return ModuleFileName.parse(file).flatMap(name -> name.rejection(dossier.python()));
  }

  private static Ruling wrong(String why) {
    return Ruling.of(Verdict.WRONG_ABI, Rule.WRONG_ABI, "CPython does not load it: " + why + ".");
  }

  private Optional<Ruling> read(Path file) {
    try {
      StaticFacts facts = ExtensionFile.read(file);
      dossier.setFacts(facts);
      if (facts.rejection().isPresent()) {
        return facts.rejection().map(ExtensionExamination::wrong);
      }
      if (facts.onlyExports()) {
        return Optional.of(
            wrong("it has only PyModExport_ (PEP 793), which is of CPython " + EXPORTS_SINCE));
      }
      return facts.isExtension() ? Optional.empty() : Optional.of(noExtension());
    } catch (IOException e) {
      return Optional.of(
          Ruling.of(
              Verdict.BROKEN, Rule.BROKEN, "Its file cannot be read (" + e.getMessage() + ")."));
    }
  }

  private static Ruling noExtension() {
    return Ruling.of(
        Verdict.BROKEN,
        Rule.BROKEN,
        "It exports no PyInit_ function: it is a library, and no extension module.");
  }

  private Ruling importIt() throws InterruptedException {
    Reply main = dossier.askOrShare(Stage.MAIN);
    Optional<Ruling> failure = Failures.inMain(main);
    if (failure.isPresent()) {
      return failure.get();
    }
    Optional<Definition> definition =
        main.answer().extensions().stream()
            .filter(extension -> extension.name().equals(subject.module()))
            .findFirst()
            .flatMap(Loaded::definition);
    definition.ifPresent(dossier::noteHints);
    OwnGilStages stages = new OwnGilStages(dossier, main);
    boolean refused = definition.map(found -> !Declarations.declaresOwnGil(found)).orElse(false);
    return refused ? refused(definition.get(), stages) : promised(stages);
  }

  private Ruling promised(OwnGilStages stages) throws InterruptedException {
    Optional<Ruling> problem = stages.problem();
    return problem.isPresent()
        ? problem.get()
        : Ruling.of(
            Verdict.OWN_GIL,
            Rule.OWN_GIL,
            "Declares an own GIL, and works in one, in several at once, and in others after these were"
                + " closed.");
  }

  /** Asks for an own GIL, too: that CPython refuses cleanly is not certain. */
  private Ruling refused(Definition definition, OwnGilStages stages) throws InterruptedException {
    Reply own = dossier.ask(Stage.OWN);
    Optional<Ruling> fatal = Failures.fatal(own);
    if (fatal.isPresent()) {
      return fatal.get().decidedBy(Optional.of(definition));
    }
    if (own.is(Outcome.OK) && CORE.contains(subject.module())) {
      return Ruling.of(
          Verdict.OWN_GIL, Rule.OWN_GIL, "CPython itself makes one for every interpreter.");
    }
    String words = Declarations.inWords(definition);
    String message = Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    if (own.is(Outcome.OK)) {
      message += " CPython " + dossier.python() + " lets it in all the same, as it is built in.";
    }
    return stages
        .legacy(Declarations.verdict(definition), Declarations.rule(definition), message)
        .decidedBy(Optional.of(definition));
  }
}
