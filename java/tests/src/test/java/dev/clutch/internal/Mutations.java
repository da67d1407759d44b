package dev.clutch.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils encoded values. */
final class Mutations {
  /** The tags of what carries an address: only a trusted side may write them. */
  private static final String ADDRESSES = "Bq";

  private static final byte[] TAGS = "NTFijIdsubL[(<{axofmZeX?qhHDUdtnzT".getBytes(ISO_8859_1);

  private static final int[] COUNTS = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, 1 << 16};

  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  <T> T oneOf(List<T> all) {
    return all.get(below(all.size()));
  }

  /** A spoiled copy, of which the first bytes are as they were, mostly. */
  byte[] spoil(byte[] valid, int header, byte[] other) {
    byte[] spoiled = valid.clone();
    int from = below(8) == 0 ? 0 : Math.min(header, valid.length);
    for (int i = 1 + below(3); i > 0; i--) {
      spoiled = once(spoiled, Math.min(from, spoiled.length), other);
    }
    return withoutAddresses(spoiled);
  }

  private byte[] once(byte[] bytes, int from, byte[] other) {
    if (bytes.length == from) {
      return garbage(below(64));
    }
    int at = from + below(bytes.length - from);
    switch (below(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << below(8));
      case 1 -> bytes[at] = (byte) below(256);
      case 2 -> bytes[at] = TAGS[below(TAGS.length)];
      case 3 -> putCount(bytes, at, COUNTS[below(COUNTS.length)]);
      case 4 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 5 -> {
        return concat(Arrays.copyOf(bytes, at), tail(other));
      }
      case 6 -> {
        return concat(bytes, tail(bytes));
      }
      default -> {
        byte[] inserted = concat(Arrays.copyOf(bytes, at), garbage(1 + below(9)));
        return concat(inserted, Arrays.copyOfRange(bytes, at, bytes.length));
      }
    }
    return bytes;
  }

  private static void putCount(byte[] bytes, int at, int count) {
    for (int i = 0; i < 4 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (count >>> 8 * i);
    }
  }

  private byte[] tail(byte[] bytes) {
    return bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, below(bytes.length), bytes.length);
  }

  byte[] garbage(int length) {
    byte[] garbage = new byte[length];
    for (int i = 0; i < length; i++) {
      garbage[i] = random.nextBoolean() ? TAGS[below(TAGS.length)] : (byte) below(256);
    }
    return withoutAddresses(garbage);
  }

  static byte[] withoutAddresses(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (ADDRESSES.indexOf(bytes[i]) >= 0) {
        bytes[i]++;
      }
    }
    return bytes;
  }

  static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
