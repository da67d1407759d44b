package dev.clutch.soak;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Which messages arrived; a message is its number, with its sender's in the upper half. */
final class Arrivals {
  private final BitSet[] numbers;
  private final int each;

  Arrivals(int senders, int each) {
    this.each = each;
    numbers = new BitSet[senders];
    for (int i = 0; i < senders; i++) {
      numbers[i] = new BitSet();
    }
  }

  /** What one receiver got, in that order. */
  void add(List<?> received) {
    long[] last = new long[numbers.length];
    Arrays.fill(last, -1);
    for (Object message : received) {
      int sender = (int) ((Long) message >> 32);
      int number = ((Long) message).intValue();
      if (numbers[sender].get(number) || number <= last[sender]) {
        throw new AssertionError("message " + number + " of " + sender + " again, or too late");
      }
      numbers[sender].set(number);
      last[sender] = number;
    }
  }

  void check(String where) {
    for (int sender = 0; sender < numbers.length; sender++) {
      int count = numbers[sender].cardinality();
      if (count != each || numbers[sender].length() != each) {
        throw new AssertionError(
            "%s: of %d messages of %d, %d arrived; the first that did not: %d"
                .formatted(where, each, sender, count, numbers[sender].nextClearBit(0)));
      }
    }
  }
}
