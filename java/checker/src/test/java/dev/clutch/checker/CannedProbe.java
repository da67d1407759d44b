package dev.clutch.checker;

import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Answer.PythonError;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Loaded.Definition;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.Question;
import dev.clutch.checker.probe.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A probe that has its answers from the test, and remembers what it was asked. */
public final class CannedProbe implements Probe {
  /** Declares an own GIL. */
  public static final Definition OWN = new Definition(true, 2, -1, 0);

  /** Multi-phase without the slot. */
  public static final Definition NO_SLOT = new Definition(true, -1, -1, 0);

  /** Single-phase. */
  public static final Definition SINGLE = new Definition(false, -1, -1, -1);

  private static final Duration TIME = Duration.ofMillis(12);

  private final String version;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Question> questions = Collections.synchronizedList(new ArrayList<>());

  public CannedProbe(String version) {
    this.version = version;
  }

  /** Answers a question about a module. */
  public CannedProbe with(String module, Stage stage, Answer answer) {
    answers.put(module + " " + stage, answer);
    return this;
  }

  /** Answers all questions about a module, but those answered otherwise. */
  public CannedProbe with(String module, Answer answer) {
    for (Stage stage : Stage.values()) {
      answers.putIfAbsent(module + " " + stage, answer);
    }
    return this;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Answer ask(Question question) {
    questions.add(question);
    Answer answer = answers.get(question.module() + " " + question.stage());
    if (answer == null) {
      throw new AssertionError("nobody should ask " + question);
    }
    return answer;
  }

  @Override
  public void close() {}

  public List<Question> questions() {
    return questions;
  }

  /** What was asked, such as {@code demo MAIN}. */
  public List<String> asked() {
    return questions.stream().map(question -> question.module() + " " + question.stage()).toList();
  }

  public static Loaded loaded(String name, Definition definition, String... importers) {
    return new Loaded(name, "/site/" + name + ".so", List.of(importers), Optional.of(definition));
  }

  /** An extension that was refused, or whose init function did not return. */
  public static Loaded refused(String name, String... importers) {
    return new Loaded(name, "/site/" + name + ".so", List.of(importers), Optional.empty());
  }

  public static Answer ok(Loaded... extensions) {
    return answer(Outcome.OK, "", Optional.empty(), 0, 0, extensions);
  }

  public static Answer growing(long growth, Loaded... extensions) {
    return answer(Outcome.OK, "", Optional.empty(), 0, growth, extensions);
  }

  /** CPython's own words. */
  public static Answer refusal(String module, Loaded... extensions) {
    return raising(
        Outcome.REFUSED,
        "import",
        "ImportError",
        "module " + module + " does not support loading in subinterpreters",
        extensions);
  }

  public static Answer raising(
      Outcome outcome, String step, String type, String message, Loaded... extensions) {
    PythonError error =
        new PythonError(
            type, message, "Traceback (most recent call last):\n" + type + ": " + message);
    return answer(outcome, step, Optional.of(error), 0, 0, extensions);
  }

  /** The last of the extensions is the one under way. */
  public static Answer crash(int signal, String step, Loaded... extensions) {
    return new Answer(
        Outcome.CRASHED,
        step,
        Optional.empty(),
        signal,
        List.of("File \"demo.py\", line 1, in <module>"),
        List.of("demo.so(PyInit_demo+0x1f)"),
        "going down",
        List.of(extensions),
        Arrays.stream(extensions).reduce((first, second) -> second),
        List.of(),
        0,
        TIME);
  }

  public static Answer hang(String step) {
    return answer(Outcome.HANGED, step, Optional.empty(), 9, 0);
  }

  private static Answer answer(
      Outcome outcome,
      String step,
      Optional<PythonError> error,
      int signal,
      long growth,
      Loaded... extensions) {
    return new Answer(
        outcome,
        step,
        error,
        signal,
        List.of(),
        List.of(),
        "",
        List.of(extensions),
        Optional.empty(),
        List.of(),
        growth,
        TIME);
  }
}
