package dev.clutch.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Prints what was measured as a table in Markdown. */
final class Report {
  private Report() {}

  /** Takes the folder with the results, and the rows to expect there. */
  public static void main(String[] args) throws IOException {
    System.out.println("| work | against | Clutch | baseline | ratio | at most | |");
    System.out.println("|---|---|--:|--:|--:|--:|---|");
    for (String name : List.of(args).subList(1, args.length)) {
      Row row = Rows.named(name).getAnnotation(Row.class);
      System.out.println(line(row, files(Path.of(args[0]), name)));
    }
  }

  /** Such as {@code Calls.General.1.json}, one for each JVM. */
  private static List<Path> files(Path folder, String row) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(row + "."))
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  private static String line(Row row, List<Path> files) throws IOException {
    String begin = "| " + row.work() + " | " + row.against() + " | ";
    if (files.isEmpty()) {
      return begin + "| | | " + row.atMost() + " | **failed** |";
    }
    Results results = Results.read(files);
    List<Double> ratios = results.ratios();
    return begin
        + String.join(
            " | ",
            time(Results.median(results.clutch())),
            time(Results.median(results.plain())),
            ratio(ratios),
            String.valueOf(row.atMost()),
            Results.median(ratios) > row.atMost() ? "**over**" : "")
        + " |";
  }

  /** The median, and from where to where the rounds went. */
  private static String ratio(List<Double> ratios) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        Results.median(ratios),
        Collections.min(ratios),
        Collections.max(ratios));
  }

  private static String time(double nanoseconds) {
    if (nanoseconds < 1e4) {
      return String.format(Locale.ROOT, "%.1f ns", nanoseconds);
    }
    return nanoseconds < 1e6
        ? String.format(Locale.ROOT, "%.1f µs", nanoseconds / 1e3)
        : String.format(Locale.ROOT, "%.2f ms", nanoseconds / 1e6);
  }
}
