package dev.clutch.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was measured for a row, in nanoseconds: an entry for each round. */
final class Results {
  /** By the name of the benchmark's method. */
  private final Map<String, List<Double>> rounds = new TreeMap<>();

  private Results() {}

  /** Reads what {@link Measure} wrote, once in each JVM. */
  static Results read(List<Path> files) throws IOException {
    Results results = new Results();
    for (Path file : files) {
      for (Object benchmark : JSON.std.listFrom(file.toFile())) {
        results.add((Map<?, ?>) benchmark);
      }
    }
    return results;
  }

  private void add(Map<?, ?> benchmark) {
    String name = (String) benchmark.get("benchmark");
    Map<?, ?> metric = (Map<?, ?>) benchmark.get("primaryMetric");
    List<?> iterations = (List<?>) ((List<?>) metric.get("rawData")).get(0);
    rounds
        .computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), key -> new ArrayList<>())
        .add(median(iterations.stream().map(each -> ((Number) each).doubleValue()).toList()));
  }

  List<Double> clutch() {
    List<Double> all = sum("clutch");
    List<Double> loop = sum("loop");
    return each(i -> all.get(i) - loop.get(i));
  }

  List<Double> plain() {
    return sum("plain");
  }

  /** Round by round, so that both figures of a ratio are of the same minute. */
  List<Double> ratios() {
    List<Double> clutch = clutch();
    List<Double> plain = plain();
    return each(i -> clutch.get(i) / plain.get(i));
  }

  private List<Double> sum(String prefix) {
    List<List<Double>> summands =
        rounds.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .map(Map.Entry::getValue)
            .toList();
    return each(i -> summands.stream().mapToDouble(summand -> summand.get(i)).sum());
  }

  private List<Double> each(IntToDoubleFunction figure) {
    int count = rounds.values().iterator().next().size();
    return IntStream.range(0, count).mapToDouble(figure).boxed().collect(Collectors.toList());
  }

  static double median(List<Double> of) {
    List<Double> sorted = of.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
