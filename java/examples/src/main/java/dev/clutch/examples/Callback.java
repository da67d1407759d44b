package dev.clutch.examples;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import java.util.Map;
import java.util.function.Function;

/** Lets Python call Java. */
public final class Callback {
  private static final Map<String, Long> PRICES = Map.of("tea", 3L, "cake", 5L);

  private Callback() {}

  /** Runs the example. */
  public static void main(String[] args) {
    Function<String, Long> price = PRICES::get;
    try (Interpreter python = Interpreters.create()) {
      python.set("price", price);
      System.out.println(python.eval("price('tea') + price('cake')"));
    }
  }
}
