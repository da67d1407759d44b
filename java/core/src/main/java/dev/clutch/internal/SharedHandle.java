package dev.clutch.internal;

/**
 * Something native that Java and all interpreters have in common ({@code shared.h}): Java's
 * reference to it, which goes when nothing in Java refers to this any more.
 */
public final class SharedHandle {
  /** What it is, as in {@code shared.h}. */
  public enum Kind {
    /** A queue in memory. */
    QUEUE('q'),
    /** The end of a channel to send at. */
    SEND_END('s'),
    /** The end of a channel to receive at. */
    RECEIVE_END('r'),
    /** A block of memory. */
    MEMORY('m');

    final byte code;

    Kind(char code) {
      this.code = (byte) code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new Decoder.MalformedException("something shared of kind " + code);
    }
  }

  private final Kind kind;
  private final long address;

  private SharedHandle(Kind kind, long address) {
    this.kind = kind;
    this.address = address;
    Cleanup.register(this, () -> NativeShared.release(address));
  }

  /**
   * Takes over a reference.
   *
   * @param address 0 if there was no memory for it
   */
  public static SharedHandle adopt(Kind kind, long address) {
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for this " + kind);
    }
    return new SharedHandle(kind, address);
  }

  /** The same, of what the bytes from C call by that kind. */
  static SharedHandle adopt(byte code, long address) {
    if (address == 0) {
      throw new Decoder.MalformedException("something shared that is not there");
    }
    SharedHandle adopted = adopt(Kind.of(NativeShared.kind(address)), address);
    if (adopted.kind.code != code) {
      throw new Decoder.MalformedException("a " + adopted.kind + " for a " + (char) code);
    }
    return adopted;
  }

  /** What it is. */
  public Kind kind() {
    return kind;
  }

  /** Where it is: valid as long as this can be reached. */
  public long address() {
    return address;
  }

  /** Whether both are references to the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SharedHandle handle && handle.address == address;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(address);
  }
}
