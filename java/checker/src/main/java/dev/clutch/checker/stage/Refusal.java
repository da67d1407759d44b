package dev.clutch.checker.stage;

import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Answer.PythonError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads which extension module CPython refused: {@code _PyImport_CheckSubinterpIncompatible...}.
 */
final class Refusal {
  private static final Pattern MESSAGE =
      Pattern.compile("module (\\S+) does not support loading in subinterpreters");

  private Refusal() {}

  /** The name of the module that was refused first; empty if the error tells none. */
  static Optional<String> module(Answer answer) {
    return answer.error().map(Refusal::text).flatMap(Refusal::find);
  }

  /** The traceback has the causes, too, the first one first. */
  private static String text(PythonError error) {
    return error.traceback() + "\n" + error.message();
  }

  private static Optional<String> find(String text) {
    Matcher matcher = MESSAGE.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
