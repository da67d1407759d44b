package dev.clutch.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a native method reads its request from and writes its response to, after the request.
 * A thread keeps the ones it used, a nested call takes another.
 */
final class CallBuffer {
  private static final int SMALL = 8 * 1024;

  /** Room for a response that is not large, after a large request. */
  private static final int RESPONSE = 4 * 1024;

  /** The most that is set aside for a response without knowing it to be needed. */
  private static final int LARGEST_EXPECTED = 16 << 20;

  /**
   * A thread's buffers. Calls nest, so those in use are the first ones; and taking one stores no
   * reference, which would cost as much as all the rest of it.
   */
  private static final class Stack {
    private CallBuffer[] buffers = {new CallBuffer(this)};
    private int inUse;

    CallBuffer take() {
      if (inUse == buffers.length) {
        buffers = java.util.Arrays.copyOf(buffers, inUse + 1);
        buffers[inUse] = new CallBuffer(this);
      }
      return buffers[inUse++];
    }
  }

  private static final ThreadLocal<Stack> STACK = ThreadLocal.withInitial(Stack::new);

  private final Encoder encoder = new Encoder(this);
  private final Block small = Block.small(SMALL);
  private Block block = small;
  private ByteBuffer bytes = small.bytes;
  private final @Nullable Stack stack;

  /** The length of the last response if it was large: the next one may be as well. */
  private long expected;

  private CallBuffer(@Nullable Stack stack) {
    this.stack = stack;
  }

  /** One that is used longer than for a call. */
  static CallBuffer lasting() {
    return new CallBuffer(null);
  }

  /** One for the calling thread, empty. */
  static CallBuffer take() {
    CallBuffer taken = STACK.get().take();
    if (taken.expected > 0) {
      taken.use(Block.large(taken.expected));
    }
    taken.bytes.clear();
    return taken;
  }

  /** Gives it back to the calling thread, which took it, and after it no other. */
  void give() {
    clear();
    if (stack != null) {
      stack.inUse--;
    }
  }

  private void use(Block other) {
    block = other;
    bytes = other.bytes;
  }

  /** Its encoder, for a new request to the interpreter. */
  Encoder encoder(long interpreter) {
    encoder.begin(interpreter, Encoder.Purpose.REQUEST);
    return encoder;
  }

  /** Its encoder, for a response, which nothing can be passed beside. */
  Encoder encoderOfResponse(long interpreter) {
    encoder.begin(interpreter, Encoder.Purpose.RESPONSE);
    return encoder;
  }

  /** Its encoder, for a message, which belongs to no interpreter. */
  Encoder encoderOfMessage() {
    encoder.begin(0, Encoder.Purpose.MESSAGE);
    return encoder;
  }

  long address() {
    return block.address;
  }

  int capacity() {
    return bytes.capacity();
  }

  int length() {
    return bytes.position();
  }

  long getLong(int index) {
    return bytes.getLong(index);
  }

  boolean isLarge() {
    return block != small;
  }

  /** Makes it empty again. */
  void clear() {
    encoder.enclosures().release();
    if (block != small) {
      block.giveBack();
      use(small);
    }
    bytes.clear();
  }

  /** The buffer, with room for so many more bytes. */
  ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      grow(count);
    }
    return bytes;
  }

  private void grow(long count) {
    long needed = bytes.position() + count;
    if (needed > Integer.MAX_VALUE - 8) {
      throw new TooLargeException(needed);
    }
    Block larger = Block.large(needed + RESPONSE);
    larger.bytes.put(bytes.flip());
    if (block != small) {
      block.giveBack();
    }
    use(larger);
  }

  /** A request that does not fit into a buffer. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long needed) {
      super(
          "a value of more than "
              + needed
              + " bytes cannot cross at once: the limit is 2 GiB; send it in parts",
          null,
          false,
          false);
    }
  }

  /**
   * The value in the response.
   *
   * @param status what the native method returned
   * @throws Failure if it is not a value
   */
  @Nullable Object result(long status, long interpreter) {
    if (status == Response.SPILLED) {
      long length = bytes.getLong(8);
      expected = length <= LARGEST_EXPECTED ? length + length / 4 : 0;
    } else if (status <= SMALL) {
      expected = 0;
    }
    return Response.read(bytes, Response.start(bytes.position()), status, interpreter);
  }

  /** The same of a request and response that were in other memory. */
  static @Nullable Object read(byte[] bytes, int start, long status, long interpreter) {
    CallBuffer buffer = take();
    try {
      return Response.read(buffer.room(bytes.length).put(bytes), start, status, interpreter);
    } finally {
      buffer.give();
    }
  }
}
