package dev.clutch.checker.probe;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the tests ask. */
public final class Probes {
  static final Duration LONG = Duration.ofSeconds(60);

  /** For what never ends; longer than the start of an interpreter takes on a busy machine. */
  static final Duration SHORT = Duration.ofSeconds(2);

  private Probes() {}

  /** The folder of {@code native/fixtures}. */
  public static Path fixtures() {
    URL folder = Objects.requireNonNull(Probes.class.getResource("/fixtures"));
    try {
      return Path.of(folder.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Question question(String module, Stage stage) {
    return question(module, stage, module.equals("init_loops") ? SHORT : LONG);
  }

  static Question question(String module, Stage stage, Duration timeout) {
    return new Question(module, stage, List.of(fixtures()), Optional.empty(), timeout);
  }

  static Question exercise(String module, Stage stage, Path file) {
    return new Question(module, stage, List.of(fixtures()), Optional.of(file), LONG);
  }
}
