package dev.clutch.checker.report;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Note;
import dev.clutch.checker.Report;
import dev.clutch.checker.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * SARIF 2.1.0.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">The standard</a>
 */
final class SarifReport {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private SarifReport() {}

  static String write(Report report) {
    List<Map<String, Object>> results = new ArrayList<>();
    for (Finding finding : report.findings()) {
      results.add(result(finding, finding.rule(), message(finding)));
      for (Note note : finding.notes()) {
        results.add(result(finding, note.rule(), subject(finding) + ": " + note.message()));
      }
    }
    Json run =
        Json.object().with("tool", Json.object().with("driver", driver())).with("results", results);
    return Json.object()
        .with("$schema", SCHEMA)
        .with("version", "2.1.0")
        .with("runs", List.of(run.fields()))
        .print();
  }

  private static Json driver() {
    return Json.object()
        .with("name", "clutch check")
        .with("rules", Arrays.stream(Rule.values()).map(SarifReport::rule).toList());
  }

  private static Map<String, Object> rule(Rule rule) {
    return Json.object()
        .with("id", rule.id())
        .with("name", rule.name())
        .with("shortDescription", text(rule.title()))
        .with("defaultConfiguration", Json.object().with("level", rule.level().toString()))
        .fields();
  }

  private static Map<String, Object> result(Finding finding, Rule rule, String message) {
    return Json.object()
        .with("ruleId", rule.id())
        .with("kind", rule.level() == Rule.Level.NONE ? "pass" : "fail")
        .with("level", rule.level().toString())
        .with("message", text(message))
        .with("locations", List.of(location(finding)))
        .with(
            "properties",
            Json.object()
                .with("verdict", finding.verdict().name())
                .with("python", finding.python()))
        .fields();
  }

  private static String subject(Finding finding) {
    return finding.module() + " on CPython " + finding.python();
  }

  private static String message(Finding finding) {
    List<String> sentences = new ArrayList<>();
    sentences.add(subject(finding) + " " + finding.verdict().meaning() + ". " + finding.message());
    if (!finding.importChain().isEmpty()) {
      sentences.add("Imports: " + Summary.chain(finding) + ".");
    }
    sentences.addAll(finding.remedies());
    return String.join(" ", sentences);
  }

  private static Map<String, Object> location(Finding finding) {
    Json logical =
        Json.object().with("fullyQualifiedName", finding.module()).with("kind", "module");
    Json location = Json.object().with("logicalLocations", List.of(logical.fields()));
    finding
        .file()
        .map(SarifReport::uri)
        .ifPresent(
            uri ->
                location.with(
                    "physicalLocation",
                    Json.object().with("artifactLocation", Json.object().with("uri", uri))));
    return location.fields();
  }

  private static String uri(String file) {
    return Path.of(file).toAbsolutePath().toUri().toASCIIString();
  }

  private static Json text(String text) {
    return Json.object().with("text", Escapes.replaceControls(text));
  }
}
