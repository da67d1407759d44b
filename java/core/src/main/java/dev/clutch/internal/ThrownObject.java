package dev.clutch.internal;

/** An exception on its way through Python; callable only so that it crosses as a handle. */
public record ThrownObject(Throwable thrown) implements Runnable {
  @Override
  public void run() {
    throw new IllegalStateException("an exception is not callable");
  }
}
