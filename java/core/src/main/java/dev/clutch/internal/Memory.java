package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory that Java and Python both see: {@code buffer.c}. */
final class Memory {
  private Memory() {}

  /** Writes a direct buffer: Python sees from its position to its limit. */
  static void encode(ByteBuffer buffer, long handle, CallBuffer to) {
    to.room(26)
        .put((byte) 'B')
        .putLong(handle)
        .putLong(NativeCallback.address(buffer) + buffer.position())
        .putLong(buffer.remaining())
        .put((byte) (buffer.isReadOnly() ? 1 : 0));
  }

  /**
   * Reads what follows the tag. Python's memory stays as long as the buffer, or one derived from
   * it, can be reached; the reference that keeps it is given back then.
   */
  static ByteBuffer decode(ByteBuffer from, long interpreter) {
    long reference = from.getLong();
    long address = from.getLong();
    long length = from.getLong();
    boolean readOnly = from.get() != 0;
    ByteBuffer view =
        length == 0 ? ByteBuffer.allocateDirect(0) : NativeCallback.view(address, length);
    Cleanup.register(view, () -> NativeReference.drop(interpreter, reference));
    ByteBuffer shown = readOnly ? view.asReadOnlyBuffer() : view.duplicate();
    return shown.order(ByteOrder.nativeOrder());
  }
}
