package dev.clutch.internal;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Writes ints and strings, as {@code codec.h} has them; {@code scalars.c} reads them. */
final class Scalars {
  /** Strings that are longer are looked at before room is made for them. */
  private static final int MEASURED = 16 * 1024;

  private Scalars() {}

  /** Mostly as one word, its tag included. */
  static void writeLong(CallBuffer to, long number) {
    if (Word.fits(number)) {
      to.room(8).putLong(Word.of(number));
    } else {
      to.room(9).put((byte) 'i').putLong(number);
    }
  }

  static void writeBigInteger(CallBuffer to, BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    ByteBuffer room = to.room(5 + bigEndian.length).put((byte) 'I').putInt(bigEndian.length);
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      room.put(bigEndian[i]);
    }
  }

  static void writeString(CallBuffer to, String text) {
    int length = text.length();
    ByteBuffer room = roomForString(to, text);
    int start = room.position();
    room.put((byte) 's').putInt(length);
    for (int i = 0; i < length; i++) {
      char unit = text.charAt(i);
      if (unit > 0xFF) {
        room.position(start);
        writeUtf16(text, room);
        return;
      }
      room.put((byte) unit);
    }
  }

  /** For a long string only as much as it takes. */
  private static ByteBuffer roomForString(CallBuffer to, String text) {
    int length = text.length();
    long bytes = 5 + length * (length > MEASURED && isLatin1(text) ? 1L : 2L);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new CallBuffer.TooLargeException(bytes);
    }
    return to.room((int) bytes);
  }

  private static boolean isLatin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return false;
      }
    }
    return true;
  }

  private static void writeUtf16(String text, ByteBuffer room) {
    room.put((byte) 'u').putInt(text.length());
    for (int i = 0; i < text.length(); i++) {
      room.putChar(text.charAt(i));
    }
  }
}
