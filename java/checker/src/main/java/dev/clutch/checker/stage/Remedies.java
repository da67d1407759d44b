package dev.clutch.checker.stage;

import dev.clutch.checker.Verdict;
import dev.clutch.checker.extension.StaticFacts;
import dev.clutch.checker.extension.Toolkit;
import dev.clutch.checker.probe.Loaded.Definition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a user, and then the author, can do. */
final class Remedies {
  private static final String LEGACY =
      "Use it in an interpreter that shares the main GIL: InterpreterConfig.legacy().";
  private static final String GUARD =
      "Clutch's import guard (ImportGuard.STATIC, the default) refuses it first, with an"
          + " ImportError: it is single-phase by its file. Plain CPython does not.";
  private static final String MAIN = "Use it in the main interpreter only.";
  private static final String NOWHERE = "Keep it out of the process, whatever the interpreter.";
  private static final String REPORT = " Report it to its authors, with the evidence.";

  /** Where a newer version may help. */
  private static final Set<Verdict> REFUSED =
      EnumSet.of(Verdict.SHARED_GIL, Verdict.MAIN_ONLY, Verdict.DEGRADED);

  private Remedies() {}

  static List<String> of(Ruling ruling, Dossier dossier) {
    List<String> remedies = new ArrayList<>();
    switch (ruling.verdict()) {
      case OWN_GIL, PURE -> {
        return remedies;
      }
      case DEGRADED -> {
        remedies.add("Nothing, if the slower code is fast enough.");
        remedies.add(LEGACY);
      }
      case SHARED_GIL -> remedies.add(LEGACY);
      case MAIN_ONLY ->
          remedies.add(
              ruling.legacyWorks()
                  ? MAIN
                      + " InterpreterConfig.legacy() imports it, too, but its author never"
                      + " meant it for several interpreters."
                  : MAIN);
      case CRASHES, HANGS -> {
        if (ruling.guarded()) {
          remedies.add(GUARD);
        }
        remedies.add((ruling.mainWorks() ? MAIN : NOWHERE) + REPORT);
      }
      case BROKEN -> remedies.add("Install what the error names, or install it again.");
      case WRONG_ABI ->
          remedies.add("Install a build for CPython " + dossier.python() + " and this machine.");
    }
    if (REFUSED.contains(ruling.verdict())) {
      dossier.subject().distribution().flatMap(KnownDistributions::stand).ifPresent(remedies::add);
    }
    ruling
        .decisive()
        .filter(definition -> ruling.chain().isEmpty())
        .flatMap(definition -> forAuthor(definition, dossier.facts()))
        .ifPresent(remedies::add);
    return remedies;
  }

  private static Optional<String> forAuthor(Definition definition, Optional<StaticFacts> facts) {
    if (Declarations.declaresOwnGil(definition)) {
      return Optional.empty();
    }
    if (isMadeWith(facts, Toolkit.Kind.CYTHON)) {
      return Optional.of(
          "Author: once its global state is per module, build it with Cython 3.1 or later and the"
              + " line  # cython: subinterpreters_compatible=own_gil");
    }
    if (isMadeWith(facts, Toolkit.Kind.PYBIND11)) {
      return Optional.of(
          "Author: once it keeps no global state, build it with pybind11 3.0 or later and"
              + "  PYBIND11_MODULE(name, m, py::multiple_interpreters::per_interpreter_gil())");
    }
    if (isMadeWith(facts, Toolkit.Kind.PYO3)) {
      return Optional.of(
          "Author: PyO3 has no way to declare it yet (PyO3 issue 3451), so nothing in the module"
              + " can.");
    }
    if (isMadeWith(facts, Toolkit.Kind.NANOBIND)) {
      return Optional.of(
          "Author: it is nanobind that says so, for all its modules; none can change that.");
    }
    return Optional.of("Author: " + (definition.multiPhase() ? "" : PHASES) + SLOT);
  }

  private static final String PHASES =
      "return PyModuleDef_Init(&def) from PyInit_ and move the rest of it to a function"
          + " with the slot {Py_mod_exec, exec} (PEP 489), with state in PyModule_GetState and"
          + " types by PyType_FromModuleAndSpec; and ";
  private static final String SLOT =
      "once nothing is shared between interpreters, add the slot"
          + "  {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}  (PEP 684).";

  private static boolean isMadeWith(Optional<StaticFacts> facts, Toolkit.Kind kind) {
    return facts.map(found -> Hints.madeWith(found, kind)).orElse(false);
  }
}
