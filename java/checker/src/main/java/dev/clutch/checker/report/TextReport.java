package dev.clutch.checker.report;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.Finding;
import dev.clutch.checker.Note;
import dev.clutch.checker.Report;
import dev.clutch.checker.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** For a terminal: what is safe in one line, and more about what is not. */
final class TextReport {
  private static final int WIDTH = 80;

  /** What these modules declare says it all; that CPython then refuses them is no news. */
  private static final Set<Rule> DECLARED =
      EnumSet.of(Rule.SINGLE_PHASE, Rule.NOT_SUPPORTED, Rule.NO_SLOT, Rule.SHARED_SLOT);

  private final StringBuilder text = new StringBuilder();

  private TextReport() {}

  static String write(Report report) {
    TextReport writer = new TextReport();
    report.findings().forEach(writer::write);
    writer.wrap("", Summary.of(report));
    return writer.text.toString();
  }

  private void write(Finding finding) {
    wrap("", head(finding));
    List<Note> notes = notes(finding);
    boolean safe = finding.verdict().isSafe();
    if (!safe) {
      wrap("  ", finding.rule().id() + " " + finding.message());
      if (!finding.importChain().isEmpty()) {
        wrap("  ", "imports: " + Summary.chain(finding));
      }
      finding.file().ifPresent(file -> line("  file: " + file));
    }
    notes.forEach(note -> wrap("  ", note.rule().id() + " " + note.message()));
    if (!safe) {
      if (!DECLARED.contains(finding.rule())) {
        finding.evidence().forEach(this::detail);
      }
      finding.remedies().forEach(remedy -> wrap("  -> ", remedy));
    }
  }

  private static String head(Finding finding) {
    String origin = Summary.origin(finding);
    return String.format(
        "%-10s %s%s, CPython %s",
        finding.verdict(),
        Escapes.oneLine(finding.module()),
        origin.isEmpty() ? "" : " (" + Escapes.oneLine(origin) + ")",
        finding.python());
  }

  /** Of what is safe only what may go wrong. */
  private static List<Note> notes(Finding finding) {
    return finding.notes().stream()
        .filter(note -> !finding.verdict().isSafe() || note.rule().level() == Rule.Level.WARNING)
        .toList();
  }

  private void detail(Evidence evidence) {
    List<String> lines = Excerpt.of(evidence.detail());
    if (!lines.isEmpty()) {
      line("  " + evidence.stage() + ":");
      lines.forEach(line -> line("    " + line));
    }
  }

  /** Words that fit, further lines below the first one's text. */
  private void wrap(String start, String words) {
    String indent = " ".repeat(start.isEmpty() ? 4 : start.length() + 2);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(start);
    boolean empty = true;
    for (String word : Escapes.oneLine(words).split(" ", -1)) {
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    lines.add(line.toString());
    lines.forEach(this::line);
  }

  private void line(String line) {
    text.append(Escapes.oneLine(line).stripTrailing()).append('\n');
  }
}
