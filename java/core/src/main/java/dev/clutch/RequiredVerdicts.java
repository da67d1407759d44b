package dev.clutch;

import dev.clutch.spi.VerdictStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the glue whether an extension file has the verdict that {@link ImportGuard#STRICT} wants.
 */
final class RequiredVerdicts implements JavaCallable {
  private final VerdictStore store;
  private final String minorVersion;
  private final List<Path> exempt;

  private RequiredVerdicts(VerdictStore store, String minorVersion, List<Path> exempt) {
    this.store = store;
    this.minorVersion = minorVersion;
    this.exempt = exempt;
  }

  /** To be called before code of others runs in it; closes it if that fails. */
  static void requireIn(Interpreter interpreter) {
    try {
      List<Path> exempt =
          ((List<?>) Objects.requireNonNull(interpreter.eval("__import__('sys').path")))
              .stream()
                  .map(each -> Path.of((String) each))
                  .filter(path -> path.endsWith("lib-dynload"))
                  .toList();
      String minorVersion = PythonRuntime.start().minorVersion();
      interpreter.call(
          "clutch:_require_verdicts",
          new RequiredVerdicts(VerdictStore.user(), minorVersion, exempt));
    } catch (RuntimeException e) {
      interpreter.close();
      throw e;
    }
  }

  /** What is wrong with the file, as the rest of a sentence; null if nothing is. */
  @Override
  public @Nullable Object call(List<@Nullable Object> args, Map<String, @Nullable Object> kwargs) {
    try {
      Path file = Path.of((String) Objects.requireNonNull(args.get(0)));
      return isExempt(file) ? null : judge(store.verdict(file, minorVersion));
    } catch (IOException | RuntimeException e) {
      return "has a verdict that cannot be looked up: " + e;
    }
  }

  private boolean isExempt(Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.toRealPath().getParent());
    for (Path each : exempt) {
      if (folder.equals(each.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String judge(Optional<String> verdict) {
    if (verdict.isEmpty()) {
      return "has no stored verdict for CPython " + minorVersion;
    }
    return verdict.get().equals(VerdictStore.OWN_GIL)
        ? null
        : "has the verdict " + verdict.get() + " for CPython " + minorVersion;
  }
}
