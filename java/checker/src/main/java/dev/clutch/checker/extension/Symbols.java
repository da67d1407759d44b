package dev.clutch.checker.extension;

import java.util.List;
import java.util.Set;

/** Names from the C API that tell something about a module that exports or calls them. */
final class Symbols {
  static final String GIL_STATE_ENSURE = "PyGILState_Ensure";
  static final String DEF_INIT = "PyModuleDef_Init";
  static final String TYPE_READY = "PyType_Ready";

  /** They make types that belong to one interpreter. */
  static final List<String> HEAP_TYPES =
      List.of(
          "PyType_FromSpec",
          "PyType_FromSpecWithBases",
          "PyType_FromModuleAndSpec",
          "PyType_FromMetaclass");

  /** Those worth showing. */
  static final Set<String> TELLING =
      Set.of(GIL_STATE_ENSURE, "PyModule_Create2", "PyModule_FromDefAndSpec2", DEF_INIT);

  private static final List<String> INIT_PREFIXES =
      List.of("PyInit_", "PyInitU_", StaticFacts.EXPORT_PREFIX, "PyModExportU_");

  private Symbols() {}

  static boolean isInitFunction(String name) {
    return INIT_PREFIXES.stream().anyMatch(name::startsWith);
  }

  static boolean isTelling(String name) {
    return TELLING.contains(name) || TYPE_READY.equals(name) || HEAP_TYPES.contains(name);
  }
}
