package dev.clutch.cli;

import dev.clutch.checker.CheckProgress;
import dev.clutch.checker.Finding;

/** Shows on a terminal how a check gets on. */
final class CheckProgressBar implements CheckProgress, AutoCloseable {
  private final Progress progress = new Progress(1);

  @Override
  public void expected(int modules) {
    progress.expect(modules);
  }

  @Override
  public void found(Finding finding) {
    progress.step();
  }

  @Override
  public void close() {
    progress.close();
  }
}
