package dev.clutch.checker.stage;

import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Outcome;
import dev.clutch.checker.probe.Stage;

/**
 * An answer, and what was asked.
 *
 * @param stage what was to be done with the module
 * @param module which module was imported; another than the one in question if that imported it
 * @param answer what came of it
 */
record Reply(Stage stage, String module, Answer answer) {
  boolean is(Outcome outcome) {
    return answer.outcome() == outcome;
  }

  /** Whether an extension was refused; some packages wrap the error in one of their own. */
  boolean isRefusal() {
    return is(Outcome.REFUSED) || (is(Outcome.RAISED) && Refusal.module(answer).isPresent());
  }
}
