package dev.clutch.tests;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for something whenever its hash code is needed, as when it becomes the key of a map. */
final class AskingKey implements Supplier<Object> {
  private final Runnable question;

  AskingKey(Runnable question) {
    this.question = question;
  }

  /** Makes it something that Python can hold. */
  @Override
  public Object get() {
    return 1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this;
  }

  @Override
  public int hashCode() {
    question.run();
    return 1;
  }
}
