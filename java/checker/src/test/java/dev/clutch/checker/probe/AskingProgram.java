package dev.clutch.checker.probe;

import java.util.stream.Stream;

/** A JVM that asks what takes for ever, and says which process it started for that. */
final class AskingProgram {
  private AskingProgram() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(arguments[0])) {
      Stream.of(Stage.MAIN, Stage.OWN)
          .map(stage -> new Thread(() -> askForEver(probe, stage)))
          .forEach(Thread::start);
      System.out.println(probe.handle().pid());
      Thread.sleep(Probes.LONG.toMillis());
    }
  }

  private static void askForEver(Probe probe, Stage stage) {
    try {
      probe.ask(Probes.question("init_loops", stage, Probes.LONG));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
