package dev.clutch.checker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.clutch.checker.Report;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** What reports look like to those who read them. */
class ReportFormatTest {
  private static final String SARIF_SCHEMA = "/schema/sarif-schema-2.1.0.json";

  @ParameterizedTest
  @EnumSource
  void everyFormatNamesTheModuleTheRuleAndTheSummary(ReportFormat format) {
    String report = format.write(Reports.plain());
    assertThat(report).contains("CLU010", "3.14.3").endsWith("\n");
    assertThat(report.replace("\\_", "_")).contains("numpy._core", "MAIN_ONLY");
  }

  @ParameterizedTest
  @EnumSource
  void noFormatLetsTerminalsObeyWhatIsChecked(ReportFormat format) {
    assertThat(format.write(Reports.hostile())).doesNotContain("\u001b", "\u0007");
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyReportCanBeWritten(ReportFormat format) {
    Report empty = new Report(List.of("x"), List.of("3.14.3"), List.of(), Duration.ZERO);
    assertThat(format.write(empty)).isNotBlank();
  }

  @Test
  void textFitsATerminalAndEndsWithTheSummary() {
    List<String> lines = ReportFormat.TEXT.write(Reports.plain()).lines().toList();
    assertThat(lines).allMatch(line -> line.length() <= 80);
    assertThat(lines)
        .last()
        .asString()
        .isEqualTo("2 modules on CPython 3.14.3: 1 OWN_GIL, 1 MAIN_ONLY; 1.2 s");
  }

  @Test
  void jsonHasEverything() throws Exception {
    Map<String, Object> json = JSON.std.mapFrom(ReportFormat.JSON.write(Reports.hostile()));
    assertThat(json).containsEntry("schema", 1).containsEntry("safe", false);
    Map<?, ?> finding = (Map<?, ?>) ((List<?>) json.get("findings")).get(0);
    assertThat(finding.get("module")).isEqualTo(Reports.HOSTILE);
    assertThat(finding.get("importChain")).isEqualTo(List.of("app", Reports.HOSTILE));
    assertThat(finding.keySet().stream().map(String::valueOf))
        .containsExactly(
            "module",
            "python",
            "verdict",
            "safe",
            "rule",
            "message",
            "file",
            "distribution",
            "importChain",
            "remedies",
            "notes",
            "evidence");
  }

  @Test
  void sarifIsValid() throws Exception {
    try (InputStream in = getClass().getResourceAsStream(SARIF_SCHEMA)) {
      JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(in);
      assertThat(schema.validate(ReportFormat.SARIF.write(Reports.hostile()), InputFormat.JSON))
          .isEmpty();
      assertThat(schema.validate("{\"version\": \"2.1.0\"}", InputFormat.JSON)).isNotEmpty();
    }
  }

  @Test
  void junitIsWellFormedAndCountsFailures() throws Exception {
    Document document = parse(ReportFormat.JUNIT.write(Reports.hostile()));
    Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element failure = (Element) document.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("type")).isEqualTo("MAIN_ONLY");
    assertThat(failure.getTextContent()).contains("<script>", "Traceback\n");
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  @Test
  void htmlIsOneFileThatRunsNothing() {
    String html = ReportFormat.HTML.write(Reports.hostile());
    assertThat(html)
        .contains("<meta name=\"viewport\" content=\"width=device-width")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
        .doesNotContain("<script", "<link", "src=", "http:", "@import", "url(");
  }

  @Test
  void markdownEscapesWhatWouldEndACellOrBeMarkup() {
    String markdown = ReportFormat.MARKDOWN.write(Reports.hostile());
    assertThat(markdown).doesNotContain("<script>", "@all").contains("\\|\\`\\_\\*&amp;");
    assertThat(markdown.lines().findFirst().orElseThrow())
        .isEqualTo("| module | distribution | CPython 3.14.3 |");
  }
}
