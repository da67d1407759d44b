package dev.clutch.checker;

import dev.clutch.checker.stage.Examiner;
import dev.clutch.checker.targets.Fallbacks;
import dev.clutch.checker.targets.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** One check: packages first, so that their answers spare questions about what they load. */
final class Run {
  /** What CPython refuses, and so what Python code may do without. */
  private static final Set<Verdict> REFUSED = EnumSet.of(Verdict.SHARED_GIL, Verdict.MAIN_ONLY);

  private final List<Examiner> examiners;
  private final int jobs;
  private final CheckProgress progress;
  private final Recorder recorder;
  private final Set<Task> known = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();
  private int expected;

  /** A module on one CPython; it may be asked for by its name and by its place. */
  private record Task(Examiner examiner, String module, List<Path> searchPath) {}

  /** What came of a task. */
  private record Result(Examiner examiner, Subject subject, Finding finding) {}

  Run(List<Examiner> examiners, int jobs, CheckProgress progress, Recorder recorder) {
    this.examiners = examiners;
    this.jobs = jobs;
    this.progress = progress;
    this.recorder = recorder;
  }

  List<Finding> examine(Collection<Subject> subjects) throws InterruptedException {
    try (Jobs pool = new Jobs(jobs)) {
      List<Callable<Result>> packages = new ArrayList<>();
      List<Callable<Result>> extensions = new ArrayList<>();
      for (Subject subject : subjects) {
        boolean late = subject.kind() == Subject.Kind.EXTENSION;
        examiners.forEach(examiner -> add(late ? extensions : packages, examiner, subject));
      }
      for (Result result : pool.run(packages)) {
        for (Subject extension : result.examiner.extensionsOf(result.subject)) {
          add(extensions, result.examiner, extension);
        }
      }
      fallBacks(pool, pool.run(extensions));
      return findings;
    }
  }

  private void add(List<Callable<Result>> tasks, Examiner examiner, Subject subject) {
    if (known.add(new Task(examiner, subject.module(), subject.searchPath()))) {
      expect(1);
      tasks.add(() -> new Result(examiner, subject, examine(examiner, subject)));
    }
  }

  private Finding examine(Examiner examiner, Subject subject) throws InterruptedException {
    Finding finding = examiner.examine(subject);
    recorder.record(subject, finding).ifPresent(this::warn);
    return record(finding);
  }

  private synchronized void warn(String message) {
    progress.warn(message);
  }

  private synchronized void expect(int more) {
    expected += more;
    progress.expected(expected);
  }

  private synchronized Finding record(Finding finding) {
    findings.add(finding);
    progress.found(finding);
    return finding;
  }

  /** Looks for code that does without what was refused, unless a package showed already. */
  private void fallBacks(Jobs pool, List<Result> extensions) throws InterruptedException {
    List<Callable<Optional<Finding>>> tasks = new ArrayList<>();
    for (Result result : extensions) {
      if (REFUSED.contains(result.finding.verdict()) && !isExplained(result.finding)) {
        tasks.add(() -> fallback(result));
      }
    }
    for (Optional<Finding> found : pool.run(tasks)) {
      if (found.isPresent()) {
        expect(1);
        record(found.get());
      }
    }
  }

  private static Optional<Finding> fallback(Result extension) throws InterruptedException {
    for (Subject python : Fallbacks.around(extension.subject)) {
      Optional<Finding> found = extension.examiner.fallback(python, extension.subject);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private boolean isExplained(Finding extension) {
    return findings.stream()
        .filter(finding -> finding.python().equals(extension.python()))
        .map(Finding::importChain)
        .anyMatch(
            chain -> !chain.isEmpty() && chain.get(chain.size() - 1).equals(extension.module()));
  }
}
