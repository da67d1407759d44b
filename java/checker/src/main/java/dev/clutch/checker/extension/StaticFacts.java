package dev.clutch.checker.extension;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an extension module's file tells without being loaded. Hints, except for {@link #rejection}:
 * what a module declares is known only once its init function ran.
 *
 * @param rejection why no CPython of this machine can load it; empty if one can
 * @param initFunctions names of its exported {@code PyInit_} (PEP 489) and {@code PyModExport_}
 *     (PEP 793) functions
 * @param imports names of the C API functions, among those that tell something, that it calls
 * @param writableData bytes of global variables that are not constant
 * @param staticTypes how many {@code PyTypeObject}s it seems to have among these; 0 if it was
 *     stripped of its symbols
 * @param toolkits what it was made with
 */
public record StaticFacts(
    Optional<String> rejection,
    Set<String> initFunctions,
    Set<String> imports,
    long writableData,
    int staticTypes,
    List<Toolkit> toolkits) {

  static final String EXPORT_PREFIX = "PyModExport_";

  static StaticFacts rejected(String why) {
    return new StaticFacts(Optional.of(why), Set.of(), Set.of(), 0, 0, List.of());
  }

  /** Whether it is an extension module, and not just a library. */
  public boolean isExtension() {
    return !initFunctions.isEmpty();
  }

  /** Whether it has only the entry that CPython 3.15 brought. */
  public boolean onlyExports() {
    return isExtension() && initFunctions.stream().allMatch(name -> name.startsWith(EXPORT_PREFIX));
  }

  /**
   * Whether nothing but a single phase is left to it, so that {@link dev.clutch.ImportGuard#STATIC}
   * refuses it before its init function runs.
   */
  public boolean isSinglePhase() {
    return isExtension()
        && !imports.contains(Symbols.DEF_INIT)
        && initFunctions.stream().noneMatch(name -> name.startsWith(EXPORT_PREFIX));
  }

  /** Whether it calls {@code PyGILState_Ensure}, which attaches to the main interpreter. */
  public boolean usesGilState() {
    return imports.contains(Symbols.GIL_STATE_ENSURE);
  }

  /** Whether its types are static, as far as can be seen. */
  public boolean hasStaticTypes() {
    return staticTypes > 0
        || (imports.contains(Symbols.TYPE_READY)
            && Symbols.HEAP_TYPES.stream().noneMatch(imports::contains));
  }

  /** In a line. */
  public String summary() {
    StringBuilder text = new StringBuilder(String.join(", ", initFunctions));
    imports.stream()
        .filter(Symbols.TELLING::contains)
        .forEach(name -> text.append(", ").append(name));
    text.append(", ").append(writableData).append(" bytes of writable data");
    toolkits.forEach(toolkit -> text.append(", ").append(toolkit));
    return text.toString();
  }
}
