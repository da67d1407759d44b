package dev.clutch.checker.stage;

import dev.clutch.checker.Rule;
import dev.clutch.checker.Verdict;
import dev.clutch.checker.probe.Loaded;
import dev.clutch.checker.probe.Loaded.Definition;

/** What follows from what an extension module declares (PEP 489, PEP 684). */
final class Declarations {
  private static final int NOT_SUPPORTED = 0;
  private static final int OWN_GIL = 2;

  private Declarations() {}

  static boolean declaresOwnGil(Definition definition) {
    return definition.multiPhase() && definition.multipleInterpreters() == OWN_GIL;
  }

  /** Whether it is known to declare less than an own GIL, so that CPython refuses it. */
  static boolean isRefused(Loaded extension) {
    return extension.definition().map(definition -> !declaresOwnGil(definition)).orElse(false);
  }

  static Verdict verdict(Definition definition) {
    if (declaresOwnGil(definition)) {
      return Verdict.OWN_GIL;
    }
    return definition.multiPhase() && definition.multipleInterpreters() != NOT_SUPPORTED
        ? Verdict.SHARED_GIL
        : Verdict.MAIN_ONLY;
  }

  static Rule rule(Definition definition) {
    if (!definition.multiPhase()) {
      return Rule.SINGLE_PHASE;
    }
    return switch (definition.multipleInterpreters()) {
      case NOT_SUPPORTED -> Rule.NOT_SUPPORTED;
      case OWN_GIL -> Rule.OWN_GIL;
      case 1 -> Rule.SHARED_SLOT;
      default -> Rule.NO_SLOT;
    };
  }

  /** In words that follow the module's name. */
  static String inWords(Definition definition) {
    return switch (rule(definition)) {
      case SINGLE_PHASE -> "is initialized in a single phase, as before PEP 489";
      case NOT_SUPPORTED -> "declares Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED";
      case SHARED_SLOT ->
          "declares Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED, which means a shared GIL";
      case NO_SLOT -> "has no slot Py_mod_multiple_interpreters, which means a shared GIL";
      default -> "declares Py_MOD_PER_INTERPRETER_GIL_SUPPORTED";
    };
  }
}
