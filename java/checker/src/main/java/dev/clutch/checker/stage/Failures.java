package dev.clutch.checker.stage;

import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Answer.PythonError;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What follows from stages that went wrong in a way that needs no further question. */
final class Failures {
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15,
          "SIGTERM");

  /** What the dynamic linker says of a file that was built for another CPython. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "undefined symbol: _?Py\\w*|wrong ELF class|invalid ELF header|cannot open shared object"
              + " file: .*libpython.*");

  private Failures() {}

  /** A verdict if the process died or hung, whatever the stage. */
  static Optional<Ruling> fatal(Reply reply) {
    return switch (reply.answer().outcome()) {
      case CRASHED -> Optional.of(fatal(reply, Verdict.CRASHES, Rule.CRASH));
      case HANGED -> Optional.of(fatal(reply, Verdict.HANGS, Rule.HANG));
      default -> Optional.empty();
    };
  }

  private static Ruling fatal(Reply reply, Verdict verdict, Rule rule) {
    List<String> chain =
        Culprit.other(reply).map(other -> Texts.chain(reply.module(), other)).orElse(List.of());
    return Ruling.of(verdict, rule, end(reply))
        .withChain(chain)
        .withGuard(Culprit.isStoppedByGuard(reply));
  }

  /** How it died or hung. */
  static String end(Reply reply) {
    Answer answer = reply.answer();
    String how =
        answer.outcome() == Outcome.CRASHED
            ? "ended by " + cause(answer)
            : "not done after " + Texts.seconds(answer.elapsed());
    String all = how + step(answer) + " in " + place(reply.stage()) + ".";
    return Culprit.other(reply)
        .map(other -> "Needs " + other.name() + ", whose import is " + all)
        .orElseGet(() -> Character.toUpperCase(all.charAt(0)) + all.substring(1));
  }

  private static String cause(Answer answer) {
    return answer.signal() == 0 ? "an exit of its own" : signal(answer.signal());
  }

  static String signal(int number) {
    String name = SIGNALS.get(number);
    return name == null ? "signal " + number : name;
  }

  private static String step(Answer answer) {
    return answer.step().isEmpty() ? "" : " at the step \"" + answer.step() + "\"";
  }

  static String place(Stage stage) {
    return switch (stage) {
      case MAIN -> "the main interpreter";
      case OWN -> "an interpreter with its own GIL";
      case LEGACY -> "a subinterpreter that shares the main GIL";
      case AGAIN -> "a second interpreter with its own GIL, after the first was closed";
      case PARALLEL -> "several interpreters with their own GILs at once";
    };
  }

  /** The verdict if it does not import in the main interpreter. */
  static Optional<Ruling> inMain(Reply main) {
    if (main.is(Outcome.OK)) {
      return Optional.empty();
    }
    return fatal(main).or(() -> Optional.of(raisedInMain(main.answer())));
  }

  private static Ruling raisedInMain(Answer answer) {
    String error = error(answer);
    return FOREIGN.matcher(error).find()
        ? Ruling.of(
            Verdict.WRONG_ABI,
            Rule.WRONG_ABI,
            "The dynamic linker cannot load it for this CPython: " + error)
        : Ruling.of(
            Verdict.BROKEN, Rule.BROKEN, "Importing it in the main interpreter raises " + error);
  }

  /** Type and message. */
  static String error(Answer answer) {
    return answer.error().map(Failures::text).orElse("an error that is not known");
  }

  private static String text(PythonError error) {
    return error.message().isEmpty() ? error.type() : error.type() + ": " + error.message();
  }

  static boolean isExercise(Answer answer) {
    return answer.step().toLowerCase(Locale.ROOT).startsWith("exercise");
  }
}
