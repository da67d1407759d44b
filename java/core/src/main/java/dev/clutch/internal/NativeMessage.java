package dev.clutch.internal;

/** Messages, by their address: {@code message.c}. */
final class NativeMessage {
  private NativeMessage() {}

  /** The address of its bytes. */
  static native long data(long message);

  /** How many bytes it has. */
  static native long length(long message);

  /** Gives back a reference: the last one frees it. */
  static native void release(long message);

  /** The address of what it refers to by that number, retained; 0 if there is no such number. */
  static native long attachment(long message, long number);
}
