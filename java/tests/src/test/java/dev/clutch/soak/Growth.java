package dev.clutch.soak;

import dev.clutch.tests.ResidentSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** By how much the process grew, once it had reached its size. */
final class Growth {
  private final List<Long> kib = new ArrayList<>();

  void sample() throws IOException {
    kib.add(ResidentSize.kib());
  }

  /** The median in the second fifth of the time. */
  long earlyKib() {
    return medianOfFifth(1);
  }

  /** The median in the last fifth of the time. */
  long lateKib() {
    return medianOfFifth(4);
  }

  private long medianOfFifth(int number) {
    int from = kib.size() * number / 5;
    List<Long> part = new ArrayList<>(kib.subList(from, kib.size() * (number + 1) / 5));
    part.sort(null);
    return part.get(part.size() / 2);
  }
}
