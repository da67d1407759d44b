package dev.clutch.spi;

import dev.clutch.PythonUnavailableException;
import java.util.List;

/**
 * Finds CPythons and opens the chosen one. {@code dev.clutch:clutch-discovery} provides it through
 * {@link java.util.ServiceLoader}; the core only says what it needs, and so depends on no library.
 */
public interface PythonLocator {
  /**
   * The installation that a selector (see {@link dev.clutch.PythonOptions}) names, made ready to be
   * opened: a bundled one is extracted first. Nothing of it is executed inside this process.
   *
   * @throws PythonUnavailableException if there is none, or it cannot be used; the message says
   *     what was found and what to do
   */
  PythonInstallation locate(String selector);

  /**
   * Opens the libpython, and the libraries it ships, in this process, its symbols visible to
   * libraries loaded later ({@code RTLD_GLOBAL}). Called once, before the glue is loaded.
   *
   * @throws PythonUnavailableException if the dynamic linker refuses one of them
   */
  void open(PythonInstallation installation);

  /** Every CPython found, usable or not, best first; bundled ones are not extracted for this. */
  List<PythonCandidate> candidates();
}
