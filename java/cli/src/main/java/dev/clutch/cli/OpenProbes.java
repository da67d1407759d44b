package dev.clutch.cli;

import dev.clutch.checker.probe.InstalledProbe;
import dev.clutch.checker.probe.Probe;
import java.util.ArrayList;
import java.util.List;

/**
 * The probes of several CPythons, closed together.
 *
 * @param all in the order in which they were named
 */
record OpenProbes(List<Probe> all) implements AutoCloseable {
  static OpenProbes open(List<String> selectors) {
    OpenProbes probes = new OpenProbes(new ArrayList<>());
    try {
      selectors.forEach(selector -> probes.all.add(InstalledProbe.of(selector)));
      return probes;
    } catch (RuntimeException e) {
      probes.close();
      throw e;
    }
  }

  @Override
  public void close() {
    all.forEach(Probe::close);
  }
}
