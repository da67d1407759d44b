package dev.clutch.checker;

import java.util.List;
import java.util.Optional;

/**
 * What was found about one module on one CPython.
 *
 * @param python the CPython's version, such as {@code 3.14.3}
 * @param module its full dotted name
 * @param file its shared object; empty for a package, and for a module that is built into CPython.
 *     For one in a wheel, the wheel, an exclamation mark, and the path in it
 * @param distribution what it was installed by, if its metadata is there
 * @param importChain names of modules, each importing the next, from this module or what imports it
 *     to the one that decides the verdict; empty if nobody else has to do with it
 * @param verdict the answer
 * @param rule why
 * @param message why, in a sentence about this module
 * @param remedies what a user or the author can do; empty if nothing needs to be done
 * @param notes what else was noticed
 * @param evidence what each stage found, in the order in which they were asked
 */
public record Finding(
    String python,
    String module,
    Optional<String> file,
    Optional<Distribution> distribution,
    List<String> importChain,
    Verdict verdict,
    Rule rule,
    String message,
    List<String> remedies,
    List<Note> notes,
    List<Evidence> evidence) {

  /** With lists of its own. */
  public Finding {
    importChain = List.copyOf(importChain);
    remedies = List.copyOf(remedies);
    notes = List.copyOf(notes);
    evidence = List.copyOf(evidence);
  }
}
