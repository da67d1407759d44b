package dev.clutch.checker.probe;

import java.util.List;
import java.util.Optional;

/**
 * An extension module that a probe process loaded, or began to.
 *
 * @param name its full dotted name
 * @param file the shared object's path; empty for one that is built into CPython
 * @param importers names of the modules whose imports led to it, outermost first
 * @param definition what it declares, if it got as far as that
 */
public record Loaded(
    String name, String file, List<String> importers, Optional<Definition> definition) {

  /**
   * What an extension module declares in its {@code PyModuleDef} (PEP 489).
   *
   * @param multiPhase whether its init function returned a definition and not a module
   * @param multipleInterpreters value of {@code Py_mod_multiple_interpreters} (PEP 684): 0 not
   *     supported, 1 supported, 2 with an own GIL; -1 without the slot
   * @param gil value of {@code Py_mod_gil} (PEP 703): 0 used, 1 not used; -1 without the slot
   * @param stateSize its {@code m_size}: -1 says that it keeps state outside of the module
   */
  public record Definition(boolean multiPhase, int multipleInterpreters, int gil, long stateSize) {}
}
