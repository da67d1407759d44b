package dev.clutch.internal;

/** What memory interpreters have: {@code account.c}. */
public final class NativeAccount {
  private NativeAccount() {}

  /**
   * Reads arenas, bytes in arenas, large blocks, bytes in those, the peak and the limit.
   *
   * @return false if it is closed
   */
  public static native boolean read(long handle, long[] into);

  /** Bytes that interpreters had which are closed, and that could not be freed. */
  public static native long kept();
}
