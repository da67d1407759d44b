package dev.clutch.checker.report;

import dev.clutch.checker.Report;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a report is written down. All of them are UTF-8 and end with a new line. */
public enum ReportFormat {
  /** For a terminal of 80 columns. */
  TEXT,
  /** All there is, for programs; docs/checker.md describes it. */
  JSON,
  /** SARIF 2.1.0, for what shows findings beside the code. */
  SARIF,
  /** What Maven Surefire writes, for build servers: each module a test. */
  JUNIT,
  /** A table and the details, for a pull request. */
  MARKDOWN,
  /** One file that loads nothing else and runs no script. */
  HTML;

  /** The report in this format. */
  public String write(Report report) {
    return switch (this) {
      case TEXT -> TextReport.write(report);
      case JSON -> JsonReport.write(report);
      case SARIF -> SarifReport.write(report);
      case JUNIT -> JunitReport.write(report);
      case MARKDOWN -> MarkdownReport.write(report);
      case HTML -> HtmlReport.write(report);
    };
  }

  /** The name that the command knows it by. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names, to choose from. */
  public static String names() {
    return Arrays.stream(values()).map(ReportFormat::toString).collect(Collectors.joining(", "));
  }
}
