package dev.clutch.checker.report;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Report;
import dev.clutch.checker.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** One file for a browser, also a small one: no script, and nothing to load. */
final class HtmlReport {
  private static final String STYLE = "report.css";

  private final StringBuilder html = new StringBuilder();

  private HtmlReport() {}

  static String write(Report report) {
    HtmlReport writer = new HtmlReport();
    writer.head();
    writer.summary(report);
    // What needs to be read comes first.
    report.findings().stream().filter(found -> !isSafe(found)).forEach(writer::finding);
    report.findings().stream().filter(HtmlReport::isSafe).forEach(writer::finding);
    writer.html.append("</main>\n</body>\n</html>\n");
    return writer.html.toString();
  }

  private static boolean isSafe(Finding finding) {
    return finding.verdict().isSafe();
  }

  private void head() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>clutch check</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n<main>\n");
  }

  private static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream(STYLE)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void summary(Report report) {
    element(
        "h1", "", report.isSafe() ? "All safe with an own GIL" : "Not all safe with an own GIL");
    element("p", "", Summary.of(report));
    element("p", "dim", "Checked: " + String.join(", ", report.targets()));
    html.append("<ul class=\"counts\">\n");
    report
        .counts()
        .forEach((verdict, count) -> element("li", grade(verdict), count + " " + verdict));
    html.append("</ul>\n");
  }

  private static String grade(Verdict verdict) {
    return verdict.isSafe() ? "good" : "bad";
  }

  private void finding(Finding finding) {
    html.append("<article>\n<header>\n");
    element("h2", "", finding.module());
    element("span", "verdict " + grade(finding.verdict()), finding.verdict().name());
    String origin = Summary.origin(finding);
    element("span", "dim", (origin.isEmpty() ? "" : origin + ", ") + "CPython " + finding.python());
    html.append("</header>\n");
    element("p", "", finding.rule().id() + " " + finding.message());
    if (!finding.importChain().isEmpty()) {
      element("p", "dim", "Imports: " + Summary.chain(finding));
    }
    finding.file().ifPresent(file -> element("p", "dim", file));
    list(finding.notes().stream().map(note -> note.rule().id() + " " + note.message()).toList());
    list(finding.remedies());
    evidence(finding.evidence());
    html.append("</article>\n");
  }

  private void list(List<String> items) {
    if (!items.isEmpty()) {
      html.append("<ul>\n");
      items.forEach(item -> element("li", "", item));
      html.append("</ul>\n");
    }
  }

  private void evidence(List<Evidence> evidence) {
    if (evidence.isEmpty()) {
      return;
    }
    html.append("<details>\n<summary>Evidence</summary>\n");
    for (Evidence one : evidence) {
      element("p", "", one.stage() + ": " + one.summary());
      if (!one.detail().isEmpty()) {
        element("pre", "", one.detail());
      }
    }
    html.append("</details>\n");
  }

  /** The only place where what was checked gets into the page. */
  private void element(String name, String styleClass, String content) {
    html.append('<').append(name);
    if (!styleClass.isEmpty()) {
      html.append(" class=\"").append(styleClass).append('"');
    }
    html.append('>').append(Escapes.html(content)).append("</").append(name).append(">\n");
  }
}
