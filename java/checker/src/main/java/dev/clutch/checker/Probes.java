package dev.clutch.checker;

import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.ProbeException;

/** Opens the probes of CPythons. */
public final class Probes {
  private Probes() {}

  /**
   * The probe of a CPython, to be closed by the caller.
   *
   * @param selector which CPython, as {@link dev.clutch.PythonOptions} has it
   * @throws ProbeException if the probe cannot be started
   * @throws dev.clutch.PythonUnavailableException if there is no such CPython
   */
  @SuppressWarnings("DoNotCallSuggester")
  public static Probe open(String selector) {
    throw new ProbeException(
        "This build of Clutch has no probe, so CPython "
            + selector
            + " cannot be asked. Use one that was built with native/probe.");
  }
}
