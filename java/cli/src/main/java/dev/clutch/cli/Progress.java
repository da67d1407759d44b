package dev.clutch.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error if that is a terminal, else nothing. */
final class Progress implements AutoCloseable {
  /** Set by scripts/clutch, because no method of JDK 17 tells which streams are terminals. */
  private static final String TERMINALS = System.getProperty("clutch.cli.terminals", "");

  private static final String ERASE_LINE = "\r\033[K";
  private static final int WIDTH = 80;

  private final @Nullable ProgressBar bar;

  Progress(int steps) {
    bar = TERMINALS.contains("stderr") ? bar(steps) : null;
  }

  private static ProgressBar bar(int steps) {
    return new ProgressBarBuilder()
        .setInitialMax(steps)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
        .build();
  }

  /** Another number of steps than was thought. */
  void expect(int steps) {
    if (bar != null) {
      bar.maxHint(steps);
    }
  }

  void step() {
    if (bar != null) {
      bar.step();
    }
  }

  /** Makes room for a line on standard output where that is the same terminal. */
  void makeRoom() {
    if (bar != null && TERMINALS.contains("stdout")) {
      System.err.print(ERASE_LINE);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
