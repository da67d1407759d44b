package dev.clutch.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Hands on what arrives in any order in the order of its index, each as soon as all before it are
 * there. Thread-safe; the receiver is called by one thread at a time.
 */
final class InOrder<T> {
  private final Consumer<T> receiver;
  private final Map<Integer, T> early = new HashMap<>();
  private int next;

  InOrder(Consumer<T> receiver) {
    this.receiver = receiver;
  }

  synchronized void accept(int index, T value) {
    early.put(index, value);
    for (T due = early.remove(next); due != null; due = early.remove(next)) {
      next++;
      receiver.accept(due);
    }
  }
}
