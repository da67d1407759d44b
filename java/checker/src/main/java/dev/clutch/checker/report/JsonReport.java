package dev.clutch.checker.report;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Note;
import dev.clutch.checker.Report;
import java.time.Duration;
import java.util.Map;

/** All that a report has, as docs/checker.md describes it. */
final class JsonReport {
  /** Grows when a field changes its meaning or goes. */
  private static final int SCHEMA = 1;

  private JsonReport() {}

  static String write(Report report) {
    return Json.object()
        .with("schema", SCHEMA)
        .with("targets", report.targets())
        .with("pythons", report.pythons())
        .with("safe", report.isSafe())
        .with("seconds", seconds(report.elapsed()))
        .with("counts", report.counts())
        .with("findings", report.findings().stream().map(JsonReport::finding).toList())
        .print();
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  private static Map<String, Object> finding(Finding finding) {
    Json json =
        Json.object()
            .with("module", finding.module())
            .with("python", finding.python())
            .with("verdict", finding.verdict().name())
            .with("safe", finding.verdict().isSafe())
            .with("rule", finding.rule().id())
            .with("message", finding.message());
    finding.file().ifPresent(file -> json.with("file", file));
    finding
        .distribution()
        .ifPresent(
            found ->
                json.with(
                    "distribution",
                    Json.object().with("name", found.name()).with("version", found.version())));
    return json.with("importChain", finding.importChain())
        .with("remedies", finding.remedies())
        .with("notes", finding.notes().stream().map(JsonReport::note).toList())
        .with("evidence", finding.evidence().stream().map(JsonReport::evidence).toList())
        .fields();
  }

  private static Map<String, Object> note(Note note) {
    return Json.object()
        .with("rule", note.rule().id())
        .with("level", note.rule().level().toString())
        .with("message", note.message())
        .fields();
  }

  private static Map<String, Object> evidence(Evidence evidence) {
    return Json.object()
        .with("stage", evidence.stage())
        .with("summary", evidence.summary())
        .with("detail", evidence.detail())
        .with("seconds", seconds(evidence.elapsed()))
        .fields();
  }
}
