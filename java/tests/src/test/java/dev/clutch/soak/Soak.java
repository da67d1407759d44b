package dev.clutch.soak;

import dev.clutch.PythonRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** One run: all workers at once, for some time, and what is left of it. */
final class Soak {
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);
  private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(250);
  private static final int LOOKS = 100;

  private static final Map<String, Supplier<Work>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("Cycles", Cycles::new);
    KINDS.put("Values", Values::new);
    KINDS.put("Callbacks", Callbacks::new);
    KINDS.put("Dropped", Dropped::new);
    KINDS.put("Attachments", Attachments::new);
    KINDS.put("QueueMessages", QueueMessages::new);
    KINDS.put("ChannelMessages", ChannelMessages::new);
    KINDS.put("PipeMessages", PipeMessages::new);
    KINDS.put("SharedWords", SharedWords::new);
    KINDS.put("ClosedEnds", ClosedEnds::new);
    KINDS.put("Interrupts", Interrupts::new);
    KINDS.put("TimeLimits", TimeLimits::new);
    KINDS.put("MemoryLimits", MemoryLimits::new);
    KINDS.put("Errors", Errors::new);
    KINDS.put("Victims", Victims::new);
    KINDS.put("PythonThreads", PythonThreads::new);
    KINDS.put("Looks", Looks::new);
  }

  private final Duration length;
  private final List<Supplier<Work>> kinds;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Growth growth = new Growth();
  private long start;

  /** Of these kinds only, or of all if there are none. */
  Soak(Duration length, List<String> names) {
    this.length = length;
    kinds = (names.isEmpty() ? KINDS.keySet() : names).stream().map(Soak::kind).toList();
  }

  private static Supplier<Work> kind(String name) {
    Supplier<Work> kind = KINDS.get(name);
    if (kind == null) {
      throw new IllegalArgumentException(
          "no kind of work: " + name + "; there are " + KINDS.keySet());
    }
    return kind;
  }

  /** What was wrong; empty if nothing was. */
  List<String> run() throws Exception {
    PythonRuntime.start();
    List<String> problems = stepOnce();
    if (!problems.isEmpty()) {
      return problems;
    }
    Figures before = settled();
    List<Worker> workers = start();
    watch(workers);
    problems = Report.failures(workers);
    Figures after = problems.isEmpty() ? settledTo(before) : Figures.now();
    Report report = new Report(workers, elapsed(), before, after, growth);
    report.print();
    if (problems.isEmpty()) {
      problems.addAll(report.problems());
    }
    return problems;
  }

  /** So that what is opened, loaded and cached only once is there when the first look is taken. */
  private List<String> stepOnce() throws InterruptedException {
    List<Worker> workers = new ArrayList<>();
    for (Supplier<Work> kind : kinds) {
      Worker worker = new Worker(kind.get(), new AtomicBoolean(true));
      workers.add(worker);
      worker.start();
      while (worker.isAlive()) {
        Watchdog.look(workers);
        worker.join(BETWEEN_SAMPLES.toMillis());
      }
    }
    return Report.failures(workers);
  }

  private List<Worker> start() {
    start = System.nanoTime();
    List<Worker> workers = new ArrayList<>();
    for (Supplier<Work> kind : kinds) {
      workers.add(new Worker(kind.get(), stopped));
    }
    workers.forEach(Thread::start);
    return workers;
  }

  /** Until all have ended, or the watchdog ends all. */
  private void watch(List<Worker> workers) throws Exception {
    Duration nextReport = BETWEEN_REPORTS;
    while (workers.stream().anyMatch(Thread::isAlive)) {
      Thread.sleep(BETWEEN_SAMPLES.toMillis());
      if (elapsed().compareTo(length) >= 0) {
        stopped.set(true);
      } else if (!stopped.get()) {
        growth.sample();
      }
      if (elapsed().compareTo(nextReport) >= 0) {
        System.out.println(Report.progress(workers, elapsed()));
        nextReport = nextReport.plus(BETWEEN_REPORTS);
      }
      Watchdog.look(workers);
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  // -- what is left --

  /** What only the garbage collector gives back takes some looks. */
  private static Figures settledTo(Figures before) throws Exception {
    for (int i = 0; i < LOOKS && !Figures.now().moreThan(before).isEmpty(); i++) {
      collect();
    }
    return Figures.now();
  }

  private static Figures settled() throws Exception {
    for (int i = 0; i < 10; i++) {
      collect();
    }
    return Figures.now();
  }

  private static void collect() throws InterruptedException {
    System.gc();
    Thread.sleep(50);
  }
}
