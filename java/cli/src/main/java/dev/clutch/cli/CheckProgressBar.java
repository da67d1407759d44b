package dev.clutch.cli;

import dev.clutch.checker.CheckProgress;
import dev.clutch.checker.Finding;
import java.util.ArrayList;
import java.util.List;

/** Shows on a terminal how a check gets on. */
final class CheckProgressBar implements CheckProgress, AutoCloseable {
  private final Progress progress = new Progress(1);
  private final List<String> warnings = new ArrayList<>();

  @Override
  public void expected(int modules) {
    progress.expect(modules);
  }

  @Override
  public void found(Finding finding) {
    progress.step();
  }

  /** Kept until the bar is gone. */
  @Override
  public void warn(String message) {
    warnings.add(message);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void close() {
    progress.close();
  }
}
