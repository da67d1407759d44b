package dev.clutch.checker.report;

import dev.clutch.checker.Finding;
import dev.clutch.checker.Report;
import java.util.List;
import java.util.Map;

/** A table with a row per module and a column per CPython, and a list of what is not safe. */
final class MarkdownReport {
  private final StringBuilder text = new StringBuilder();

  private MarkdownReport() {}

  static String write(Report report) {
    MarkdownReport writer = new MarkdownReport();
    writer.table(report);
    writer.text.append('\n').append(Escapes.markdown(Summary.of(report))).append('\n');
    report.findings().stream()
        .filter(finding -> !finding.verdict().isSafe())
        .forEach(writer::details);
    return writer.text.toString();
  }

  private void table(Report report) {
    text.append("| module | distribution |");
    report.pythons().forEach(python -> text.append(" CPython ").append(python).append(" |"));
    text.append("\n|---|---|").append("---|".repeat(report.pythons().size())).append('\n');
    for (Map.Entry<String, List<Finding>> module : Summary.byModule(report).entrySet()) {
      row(module.getKey(), module.getValue(), report.pythons());
    }
  }

  private void row(String module, List<Finding> findings, List<String> pythons) {
    cell(module);
    cell(Summary.origin(findings.get(0)));
    for (String python : pythons) {
      cell(
          findings.stream()
              .filter(finding -> finding.python().equals(python))
              .map(finding -> finding.verdict().name())
              .findFirst()
              .orElse(""));
    }
    text.append("|\n");
  }

  private void cell(String content) {
    text.append("| ").append(Escapes.markdown(content)).append(' ');
  }

  private void details(Finding finding) {
    text.append("\n### ")
        .append(Escapes.markdown(finding.module() + " on CPython " + finding.python()))
        .append(": ")
        .append(Escapes.markdown(finding.verdict().name()))
        .append("\n\n");
    item(finding.rule().id() + " " + finding.message());
    finding.file().ifPresent(file -> item("file: " + file));
    if (!finding.importChain().isEmpty()) {
      item("imports: " + Summary.chain(finding));
    }
    finding.notes().forEach(note -> item(note.rule().id() + " " + note.message()));
    finding.remedies().forEach(this::item);
  }

  private void item(String content) {
    text.append("- ").append(Escapes.markdown(content)).append('\n');
  }
}
