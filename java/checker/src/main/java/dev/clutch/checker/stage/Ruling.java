package dev.clutch.checker.stage;

import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Loaded.Definition;
import java.util.List;
import java.util.Optional;

/**
 * The decision about a module.
 *
 * @param verdict the answer
 * @param rule why
 * @param message why, in a sentence
 * @param chain modules from the one in question to the one that decides; empty if it is itself
 * @param decisive what the module that decides declares, if that is known
 * @param legacyWorks whether a legacy subinterpreter was tried and did
 * @param guarded whether Clutch's import guard refuses what died or hung before it could
 */
record Ruling(
    Verdict verdict,
    Rule rule,
    String message,
    List<String> chain,
    Optional<Definition> decisive,
    boolean legacyWorks,
    boolean guarded) {

  static Ruling of(Verdict verdict, Rule rule, String message) {
    return new Ruling(verdict, rule, message, List.of(), Optional.empty(), false, false);
  }

  Ruling withChain(List<String> chain) {
    return new Ruling(verdict, rule, message, chain, decisive, legacyWorks, guarded);
  }

  Ruling decidedBy(Optional<Definition> definition) {
    return new Ruling(verdict, rule, message, chain, definition, legacyWorks, guarded);
  }

  Ruling withLegacy(boolean works) {
    return new Ruling(verdict, rule, message, chain, decisive, works, guarded);
  }

  Ruling withGuard(boolean refuses) {
    return new Ruling(verdict, rule, message, chain, decisive, legacyWorks, refuses);
  }
}
