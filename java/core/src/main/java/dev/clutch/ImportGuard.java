package dev.clutch;

/**
 * Which extension modules an interpreter refuses before their init function ({@code PyInit_*})
 * runs. CPython itself looks at what that function returned, which is too late: in 3.12 a refused
 * module leaves objects of one allocator for another to free, and 3.13 and 3.14 end the process if
 * the function raised (CPython issue 144601).
 *
 * <p>What is refused is an {@code ImportError} in Python, with {@code name} and {@code path}, so
 * that packages that catch it to do without the extension keep doing so. It says what is wrong with
 * which file, of which distribution, what imported it, and what to do.
 *
 * <p>The guard works in interpreters with {@link InterpreterConfig#checkMultiInterpExtensions()}:
 * in all that have their own GIL, and not in {@link InterpreterConfig#legacy()} and the main one.
 */
public enum ImportGuard {
  /**
   * CPython alone decides, with the risks above. On CPython 3.12, where each refusal by CPython
   * corrupts memory, this is as {@link #STATIC}.
   */
  OFF,

  /**
   * Refuses a module whose file says that it has single-phase initialization (PEP 489), which no
   * interpreter with its own GIL can load: the file has a {@code PyInit_*}, but uses neither {@code
   * PyModuleDef_Init} nor PEP 793. Nothing of the module is executed. Interpreters that Python code
   * makes are guarded in this way, too. The default.
   */
  STATIC,

  /**
   * Refuses also what has no stored verdict {@code OWN_GIL} for this minor version of CPython,
   * which {@code clutch check} gives. Verdicts are found by the SHA-256 of the file. The standard
   * library's own extension modules, in {@code lib-dynload}, need none.
   *
   * @see dev.clutch.spi.VerdictStore
   */
  STRICT
}
