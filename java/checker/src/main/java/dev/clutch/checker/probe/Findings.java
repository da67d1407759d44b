package dev.clutch.checker.probe;

import dev.clutch.checker.probe.Answer.PythonError;
import dev.clutch.checker.probe.Loaded.Definition;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts an answer together from the records that a process wrote, as {@code native/probe/findings.h}
 * has them. A process that crashes may leave the last one unfinished, and its module may write
 * there too: what is no record is passed over.
 */
final class Findings {
  private static final String RECORD_END = "\u001e";
  private static final String FIELD_END = "\u001f";

  /** The probe's own frames, which say nothing about the module. */
  private static final String OWN_PYTHON = "<clutch-probe>";

  private static final String OWN_NATIVE = "libclutch-probe";
  private static final Pattern ADDRESS = Pattern.compile(" ?\\[0x[0-9a-f]+]$");

  private final Ending ending;
  private final Map<List<String>, Loaded> extensions = new LinkedHashMap<>();
  private final List<List<String>> begun = new ArrayList<>();
  private @Nullable List<String> lastToRaise;
  private List<String> modules = List.of();
  private String step = "";
  private boolean well;
  private boolean refused;
  private boolean crashed;
  private boolean hanged;
  private int signal;
  private long growth;
  private @Nullable PythonError error;
  private @Nullable List<String> pythonStack;
  private @Nullable List<String> nativeStack;

  Findings(Ending ending) {
    this.ending = ending;
    if (ending.failed()) {
      throw new ProbeException(
          "No process could be started to import it: "
              + ending.output()
              + "; fewer at once may help");
    }
    for (String record : ending.findings().split(RECORD_END, -1)) {
      read(List.of(record.split(FIELD_END, -1)));
    }
  }

  private void read(List<String> fields) {
    try {
      switch (fields.get(0)) {
        case "step" -> step = error == null ? fields.get(1) : step;
        case "load" -> load(fields);
        case "defined" -> define(fields);
        case "done" -> end(fields);
        case "modules" -> modules = fields.get(1).lines().toList();
        case "raised" -> raise(fields);
        case "crash" -> crash(fields);
        case "hang" -> hang(fields);
        case "python" -> pythonStack = pythonStack == null ? python(fields.get(1)) : pythonStack;
        case "native" -> nativeStack = nativeStack == null ? frames(fields.get(1)) : nativeStack;
        case "failed" ->
            throw new ProbeException("The probe's process could not do its work: " + fields.get(1));
        case "ok" -> {
          growth = Long.parseLong(fields.get(1));
          well = true;
        }
        default -> {}
      }
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return; // it was cut off
    }
  }

  // ---- records
  // -----------------------------------------------------------------------------------

  private void load(List<String> fields) {
    Loaded loaded =
        new Loaded(
            fields.get(1),
            fields.get(2),
            List.copyOf(fields.subList(3, fields.size())),
            Optional.empty());
    List<String> key = List.of(loaded.name(), loaded.file());
    extensions.putIfAbsent(key, loaded);
    begun.add(key);
  }

  /** The last that began: each interpreter may load it. */
  private void end(List<String> fields) {
    int last = begun.lastIndexOf(List.of(fields.get(1), fields.get(2)));
    if (last >= 0) {
      lastToRaise = fields.get(3).equals("raised") ? begun.get(last) : lastToRaise;
      begun.remove(last);
    }
  }

  private void define(List<String> fields) {
    Definition definition =
        new Definition(
            fields.get(3).equals("1"),
            Integer.parseInt(fields.get(4)),
            Integer.parseInt(fields.get(5)),
            Long.parseLong(fields.get(6)));
    extensions.computeIfPresent(
        List.of(fields.get(1), fields.get(2)),
        (key, loaded) ->
            new Loaded(loaded.name(), loaded.file(), loaded.importers(), Optional.of(definition)));
  }

  private void raise(List<String> fields) {
    error = new PythonError(fields.get(3), fields.get(4), fields.get(5));
    refused = fields.get(2).equals("1");
    step = fields.get(1);
  }

  /** Only the first thread that crashes says so. */
  private void crash(List<String> fields) {
    signal = Integer.parseInt(fields.get(1));
    crashed = true;
    pythonStack = null;
    nativeStack = null;
    if (!fields.get(2).isEmpty()) {
      step = fields.get(2);
    }
  }

  /** Each thread that is busy does. */
  private void hang(List<String> fields) {
    if (!hanged) {
      step = fields.get(1);
    }
    hanged = true;
  }

  private static List<String> python(String lines) {
    return lines
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.contains(OWN_PYTHON))
        .toList();
  }

  private static List<String> frames(String lines) {
    return lines
        .lines()
        .takeWhile(line -> !line.contains(OWN_NATIVE))
        .map(line -> ADDRESS.matcher(line.strip()).replaceFirst(""))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  // ---- the answer
  // --------------------------------------------------------------------------------

  private Outcome outcome() {
    if (crashed || ending.killed()) {
      return Outcome.CRASHED;
    }
    if (well) {
      return Outcome.OK;
    }
    if (error != null) {
      return refused ? Outcome.REFUSED : Outcome.RAISED;
    }
    return ending.timedOut() ? Outcome.HANGED : Outcome.CRASHED;
  }

  Answer answer() {
    Outcome outcome = outcome();
    boolean stopped = outcome == Outcome.CRASHED || outcome == Outcome.HANGED;
    return new Answer(
        outcome,
        outcome == Outcome.OK ? "" : step,
        Optional.ofNullable(error),
        signal(outcome),
        stopped && pythonStack != null ? pythonStack : List.of(),
        stopped && nativeStack != null ? nativeStack : List.of(),
        ending.output(),
        List.copyOf(extensions.values()),
        stopped ? underWay() : Optional.empty(),
        modules,
        growth,
        Duration.of(ending.microseconds(), ChronoUnit.MICROS));
  }

  private Optional<Loaded> underWay() {
    if (!begun.isEmpty()) {
      return Optional.ofNullable(extensions.get(begun.get(begun.size() - 1)));
    }
    return error == null || lastToRaise == null
        ? Optional.empty()
        : Optional.ofNullable(extensions.get(lastToRaise));
  }

  private int signal(Outcome outcome) {
    if (outcome != Outcome.CRASHED) {
      return 0;
    }
    return crashed || !ending.killed() ? signal : ending.code();
  }
}
