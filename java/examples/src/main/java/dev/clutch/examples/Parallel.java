package dev.clutch.examples;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.util.List;

/** Counts primes in two halves at the same time, each on an interpreter with its own GIL. */
public final class Parallel {
  private static final String SOURCE =
      """
      def count_primes(start, stop):
          return sum(all(n % d for d in range(2, int(n ** 0.5) + 1)) for n in range(start, stop))
      """;

  private Parallel() {}

  /** Runs the example. */
  public static void main(String[] args) {
    long primes =
        List.of(new int[] {2, 60_000}, new int[] {60_000, 100_000}).parallelStream()
            .mapToLong(range -> countPrimes(range[0], range[1]))
            .sum();
    System.out.println(primes + " primes below 100,000");
  }

  private static long countPrimes(int start, int stop) {
    try (Interpreter python = Interpreters.create()) {
      python.run(SOURCE);
      return python.callAs(Long.class, "count_primes", start, stop);
    }
  }
}
