package dev.clutch.checker.stage;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Note;
import dev.clutch.checker.Rule;
import dev.clutch.checker.extension.StaticFacts;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Stage;
import dev.clutch.checker.targets.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that is known of one subject on one CPython; grows as questions are answered. */
final class Dossier {
  /** Bytes per interpreter; a service that makes one per request would notice more than that. */
  static final long GROWTH_LIMIT = 64 << 10;

  private final Subject subject;
  private final Inquiry inquiry;
  private final List<Evidence> evidence = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private Optional<String> file = Optional.empty();
  private Optional<StaticFacts> facts = Optional.empty();

  Dossier(Subject subject, Inquiry inquiry) {
    this.subject = subject;
    this.inquiry = inquiry;
  }

  Subject subject() {
    return subject;
  }

  String python() {
    return inquiry.version();
  }

  void setFile(Path path) {
    file = Optional.of(subject.shown(path));
  }

  void setFacts(StaticFacts found) {
    facts = Optional.of(found);
    String summary = found.rejection().orElseGet(found::summary);
    evidence.add(new Evidence("static", summary, "", Duration.ZERO));
  }

  void note(Rule rule, String message) {
    notes.add(new Note(rule, message));
  }

  /** Asks about this subject and no other. */
  Reply ask(Stage stage) throws InterruptedException {
    return keep(inquiry.ask(subject, stage));
  }

  /** Asks unless a package that loads this extension was asked about. */
  Reply askOrShare(Stage stage) throws InterruptedException {
    return keep(inquiry.askOrShare(subject, stage));
  }

  private Reply keep(Reply reply) {
    evidence.add(Texts.evidence(reply, subject.module()));
    noteGrowth(reply.answer().growthPerRound());
    return reply;
  }

  private void noteGrowth(long growth) {
    boolean known = notes.stream().anyMatch(note -> note.rule() == Rule.GROWTH);
    if (growth > GROWTH_LIMIT && !known) {
      note(
          Rule.GROWTH,
          "Every interpreter leaves "
              + Texts.bytes(growth)
              + " behind when it is closed, beyond what CPython itself does.");
    }
  }

  Optional<StaticFacts> facts() {
    return facts;
  }

  Finding close(Ruling ruling) {
    return new Finding(
        python(),
        subject.module(),
        file,
        subject.distribution(),
        ruling.chain(),
        ruling.verdict(),
        ruling.rule(),
        ruling.message(),
        Remedies.of(ruling, this),
        notes,
        evidence);
  }

  /** What the file of an extension hints at, where its declaration does not say so already. */
  void noteHints(Loaded.Definition definition) {
    if (!Declarations.declaresOwnGil(definition)) {
      facts.ifPresent(found -> Hints.toolkits(found).forEach(notes::add));
      return;
    }
    if (definition.stateSize() < 0) {
      note(
          Rule.NO_MODULE_STATE,
          "Declares an own GIL, and by m_size -1 that it keeps state in global variables.");
    }
    facts.ifPresent(found -> Hints.sharedState(found).forEach(notes::add));
  }
}
