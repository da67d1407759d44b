package dev.clutch.internal;

/** Keeps the calling thread attached to an interpreter: {@code attachment.c}. */
public final class NativeAttachment {
  private NativeAttachment() {}

  /**
   * Attaches the calling thread.
   *
   * @param thread the calling thread's id
   * @return 0; or a negative status; or the id of a thread that has been attached, and idle, for
   *     too long
   */
  public static native long attach(long interpreter, long thread);

  /** Detaches the calling thread from what it is attached to. */
  public static native void detach();

  /** The handle of the interpreter that the calling thread is attached to now, 0 if none. */
  public static native long held();

  /**
   * Gives up the GIL for as long as the calling thread waits for another one; answers what {@link
   * #resume} needs, 0 if it has none to give up.
   */
  static native long suspend();

  /** Attaches again. */
  static native void resume(long suspended);

  /** How long an attached thread may be idle before others stop waiting for it. */
  public static native void setPatience(long milliseconds);
}
