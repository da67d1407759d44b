package dev.clutch.checker.stage;

import dev.clutch.checker.Evidence;
import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Loaded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts answers into words. */
final class Texts {
  private Texts() {}

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
  }

  static String bytes(long count) {
    return count < 10_240 ? count + " bytes" : String.format(Locale.ROOT, "%d KiB", count / 1024);
  }

  static Evidence evidence(Reply reply, String module) {
    return new Evidence(
        reply.stage().name().toLowerCase(Locale.ROOT),
        summary(reply, module),
        detail(reply.answer()),
        reply.answer().elapsed());
  }

  private static String summary(Reply reply, String module) {
    Answer answer = reply.answer();
    String as = reply.module().equals(module) ? "" : ", with " + reply.module();
    return switch (answer.outcome()) {
          case OK -> "works in " + Failures.place(reply.stage());
          case REFUSED -> "refused: " + Failures.error(answer);
          case RAISED -> "raises " + Failures.error(answer);
          case CRASHED, HANGED -> Failures.end(reply);
        }
        + as;
  }

  private static String detail(Answer answer) {
    List<String> lines = new ArrayList<>();
    answer.error().ifPresent(error -> lines.add(error.traceback().stripTrailing()));
    add(lines, "Python stack:", answer.pythonStack());
    add(lines, "C stack:", answer.nativeStack());
    if (!answer.output().isBlank()) {
      add(lines, "Output:", answer.output().lines().toList());
    }
    return String.join("\n", lines);
  }

  private static void add(List<String> lines, String title, List<String> more) {
    if (!more.isEmpty()) {
      lines.add(title);
      more.forEach(line -> lines.add("  " + line));
    }
  }

  /** The modules on the way to an extension, itself last, from the one in question. */
  static List<String> chain(String from, Loaded to) {
    List<String> chain = new ArrayList<>(to.importers());
    if (chain.isEmpty() || !chain.contains(from)) {
      chain.add(0, from);
    }
    if (!chain.get(chain.size() - 1).equals(to.name())) {
      chain.add(to.name());
    }
    return chain;
  }

  static String arrows(List<String> chain) {
    return String.join(" > ", chain);
  }
}
