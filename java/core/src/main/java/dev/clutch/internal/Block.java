package dev.clutch.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of memory outside the Java heap, and its address. Small ones stay with their thread;
 * large ones are few, and whoever needs one next takes it.
 */
final class Block {
  private static final int SMALLEST_LARGE = 1 << 20;

  /** What is larger is freed after its use. */
  private static final int LARGEST_KEPT = 32 << 20;

  private static final int MOST_KEPT = Math.max(2, Runtime.getRuntime().availableProcessors());

  private static final ConcurrentLinkedDeque<Block> SPARE = new ConcurrentLinkedDeque<>();
  private static final AtomicInteger SPARE_COUNT = new AtomicInteger();

  final ByteBuffer bytes;
  final long address;

  private Block(ByteBuffer bytes, long address) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.address = address;
  }

  /** A small one, freed by the garbage collector. */
  static Block small(int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size);
    return new Block(bytes, NativeCallback.address(bytes));
  }

  /** A large one, which the caller must give back. */
  static Block large(long needed) {
    Block spare = SPARE.pollFirst();
    if (spare != null) {
      SPARE_COUNT.decrementAndGet();
      if (spare.bytes.capacity() >= needed) {
        spare.bytes.clear();
        return spare;
      }
      NativeCallback.free(spare.address);
    }
    return allocate(needed);
  }

  private static Block allocate(long needed) {
    long size = Math.max(SMALLEST_LARGE, Long.highestOneBit(needed - 1) << 1);
    long capped = Math.min(size, Integer.MAX_VALUE - 8);
    long address = NativeCallback.allocate(capped);
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for " + capped + " bytes");
    }
    return new Block(NativeCallback.view(address, capped), address);
  }

  void giveBack() {
    if (bytes.capacity() <= LARGEST_KEPT && SPARE_COUNT.get() < MOST_KEPT) {
      SPARE_COUNT.incrementAndGet();
      SPARE.addFirst(this);
    } else {
      NativeCallback.free(address);
    }
  }
}
