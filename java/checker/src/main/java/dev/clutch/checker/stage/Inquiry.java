package dev.clutch.checker.stage;

import dev.clutch.checker.CheckOptions;
import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.Question;
import dev.clutch.checker.probe.Stage;
import dev.clutch.checker.targets.Subject;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks one CPython's probe, and no question twice. What went well for a package went well for each
 * extension that it loaded, so these need not be asked about.
 */
public final class Inquiry {
  private static final Set<Stage> EXERCISED = EnumSet.of(Stage.OWN, Stage.AGAIN, Stage.PARALLEL);

  private final Probe probe;
  private final CheckOptions options;
  private final Map<Key, Reply> replies = new ConcurrentHashMap<>();

  private record Key(String module, Stage stage, List<Path> searchPath) {}

  /** Questions to that probe. */
  public Inquiry(Probe probe, CheckOptions options) {
    this.probe = probe;
    this.options = options;
  }

  /** The CPython's version. */
  public String version() {
    return probe.version();
  }

  /** Asks about the subject itself, unless that was done. */
  Reply ask(Subject subject, Stage stage) throws InterruptedException {
    Key key = new Key(subject.module(), stage, subject.searchPath());
    Reply known = replies.get(key);
    return known == null ? ask(key) : known;
  }

  private Reply ask(Key key) throws InterruptedException {
    Reply reply = new Reply(key.stage, key.module, answer(key));
    replies.put(key, reply);
    return reply;
  }

  /**
   * Many rounds are those of many processes, as what a module shares is made when a process first
   * imports it, and so is raced for only then.
   */
  private Answer answer(Key key) throws InterruptedException {
    int left = key.stage == Stage.PARALLEL ? options.rounds() : Question.FEWEST_ROUNDS;
    while (true) {
      boolean last = left < 2 * Question.FEWEST_ROUNDS;
      int rounds = last ? left : Question.FEWEST_ROUNDS;
      Answer answer = probe.ask(question(key, rounds));
      if (last || answer.outcome() != Outcome.OK) {
        return answer;
      }
      left -= rounds;
    }
  }

  private Question question(Key key, int rounds) {
    return new Question(
        key.module,
        key.stage,
        key.searchPath,
        EXERCISED.contains(key.stage) ? options.exercise() : Optional.empty(),
        rounds,
        options.timeout());
  }

  /** An answer about a package that loaded the subject, and all went well; else asks. */
  Reply askOrShare(Subject subject, Stage stage) throws InterruptedException {
    Optional<Reply> shared =
        replies.entrySet().stream()
            .filter(entry -> entry.getKey().stage == stage)
            .filter(entry -> entry.getKey().searchPath.equals(subject.searchPath()))
            .map(Map.Entry::getValue)
            .filter(reply -> reply.is(Outcome.OK) && loaded(reply, subject))
            .findFirst();
    return shared.isPresent() ? shared.get() : ask(subject, stage);
  }

  private static boolean loaded(Reply reply, Subject subject) {
    return reply.answer().extensions().stream()
        .anyMatch(loaded -> loaded.name().equals(subject.module()));
  }
}
