package dev.clutch.checker.report;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Report;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** JUnit's XML as Maven Surefire writes it: a suite per CPython, a test case per module. */
final class JunitReport {
  private final XMLStreamWriter xml;

  private JunitReport(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String write(Report report) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (String python : report.pythons()) {
        new JunitReport(xml).suite(python, report);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return text.append('\n').toString();
  }

  private void suite(String python, Report report) throws XMLStreamException {
    List<Finding> findings =
        report.findings().stream().filter(found -> found.python().equals(python)).toList();
    long failures = findings.stream().filter(found -> !found.verdict().isSafe()).count();
    Duration time = findings.stream().map(JunitReport::time).reduce(Duration.ZERO, Duration::plus);
    xml.writeStartElement("testsuite");
    attribute("name", "clutch check, CPython " + python);
    attribute("tests", String.valueOf(findings.size()));
    attribute("failures", String.valueOf(failures));
    attribute("errors", "0");
    attribute("skipped", "0");
    attribute("time", seconds(time));
    for (Finding finding : findings) {
      testCase(finding);
    }
    xml.writeEndElement();
  }

  private void testCase(Finding finding) throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute("classname", "CPython " + finding.python());
    attribute("name", finding.module());
    attribute("time", seconds(time(finding)));
    if (!finding.verdict().isSafe()) {
      xml.writeStartElement("failure");
      attribute("type", finding.verdict().name());
      attribute("message", finding.rule().id() + " " + finding.message());
      xml.writeCharacters(Escapes.replaceControls(body(finding)));
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static String body(Finding finding) {
    StringBuilder body = new StringBuilder();
    finding.file().ifPresent(file -> body.append(file).append('\n'));
    if (!finding.importChain().isEmpty()) {
      body.append("imports: ").append(Summary.chain(finding)).append('\n');
    }
    for (Evidence evidence : finding.evidence()) {
      body.append(evidence.stage()).append(": ").append(evidence.summary()).append('\n');
      evidence.detail().lines().forEach(line -> body.append("  ").append(line).append('\n'));
    }
    finding.remedies().forEach(remedy -> body.append("-> ").append(remedy).append('\n'));
    return body.toString();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, Escapes.oneLine(value));
  }

  private static Duration time(Finding finding) {
    return finding.evidence().stream().map(Evidence::elapsed).reduce(Duration.ZERO, Duration::plus);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toMillis() / 1e3);
  }
}
