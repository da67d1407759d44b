package dev.clutch.checker;

import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.stage.Examiner;
import dev.clutch.checker.stage.Inquiry;
import dev.clutch.checker.targets.Subject;
import dev.clutch.checker.targets.TargetResolver;
import dev.clutch.checker.targets.TemporaryFolders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells which extension modules can live in an interpreter with its own GIL. Nothing of what it
 * checks is loaded into this process, and nothing of it is changed. Nothing is written but what
 * {@link CheckOptions#verdicts} asks for.
 *
 * <p>A checker may be used by any thread, by one at a time.
 */
public final class Checker {
  private final List<Probe> probes;
  private final CheckOptions options;

  /**
   * A checker.
   *
   * @param probes one for each CPython to check for; the caller closes them
   * @param options how to check
   */
  public Checker(List<Probe> probes, CheckOptions options) {
    this.probes = List.copyOf(probes);
    this.options = options;
  }

  /**
   * Checks all that the targets consist of.
   *
   * @param targets each the path of a wheel, an extension module, a folder or a virtual
   *     environment, or the name of a module
   * @param progress is told how it gets on
   * @throws CheckException if a target is none
   * @throws dev.clutch.checker.probe.ProbeException if a probe could not do its work
   * @throws InterruptedException if the thread was interrupted; the probes' processes are ended
   */
  public Report check(List<String> targets, CheckProgress progress) throws InterruptedException {
    long start = System.nanoTime();
    try (TemporaryFolders temporary = new TemporaryFolders()) {
      TargetResolver resolver = new TargetResolver(options.searchPath(), temporary);
      Set<Subject> subjects = new LinkedHashSet<>();
      targets.forEach(target -> subjects.addAll(resolver.resolve(target)));
      List<Examiner> examiners =
          probes.stream().map(probe -> new Examiner(new Inquiry(probe, options))).toList();
      Recorder recorder = new Recorder(options.verdicts());
      List<Finding> findings =
          new Run(examiners, options.jobs(), progress, recorder).examine(subjects);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      return new Report(targets, versions(), sorted(findings), elapsed);
    }
  }

  private List<String> versions() {
    return probes.stream().map(Probe::version).toList();
  }

  private List<Finding> sorted(List<Finding> findings) {
    List<String> versions = versions();
    List<Finding> sorted = new ArrayList<>(findings);
    sorted.sort(
        Comparator.comparing(Finding::module)
            .thenComparing(finding -> versions.indexOf(finding.python())));
    return sorted;
  }
}
