package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/**
 * A native method did not succeed: what the public classes make their exceptions from. Has no stack
 * trace, which would only show Clutch's own frames.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong; the constants of {@code response.h} and {@code enum clutch_status}. */
  public enum Kind {
    /** A Python exception; the payload is the list that {@code error.c} writes. */
    PYTHON,
    /** A result that cannot cross; the payload is the message. */
    NOT_SHAREABLE,
    /** The interpreter is in use; the payload says by what. */
    BUSY,
    /** Another thread keeps the interpreter attached; the payload is that thread's id. */
    HELD,
    /** CPython failed; the payload is its message. */
    FAILED,
    /** The interpreter is closed. */
    CLOSED,
    /** The calling thread is closing it, and runs its exit functions. */
    CLOSING,
    /** No memory, for a stack or for the response. */
    NO_MEMORY
  }

  private final Kind kind;
  private final transient @Nullable Object payload;

  Failure(Kind kind, @Nullable Object payload) {
    super(kind.name(), null, false, false);
    this.kind = kind;
    this.payload = payload;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** What belongs to it. */
  public @Nullable Object payload() {
    return payload;
  }
}
