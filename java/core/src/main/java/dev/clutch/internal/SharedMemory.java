package dev.clutch.internal;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;

/**
 * A block of memory that Java and all interpreters share: {@code shared_memory.c}. It stays as long
 * as this or any buffer of it can be reached, and longer if Python has views of it.
 */
public final class SharedMemory {
  /** As many bytes as a ByteBuffer can show. */
  public static final long MOST = Integer.MAX_VALUE;

  /** As CLUTCH_TIMED_OUT and CLUTCH_SIGNALLED in {@code waiting.h}. */
  private static final int TIMED_OUT = 0;

  private static final int SIGNALLED = 1;

  private final SharedHandle handle;

  /** All of it. The JDK has every buffer that is derived from this one keep it reachable. */
  private final ByteBuffer root;

  /** Takes over the reference. */
  public SharedMemory(SharedHandle handle) {
    long address = handle.address();
    this.handle = handle;
    this.root =
        NativeCallback.view(NativeSharedMemory.data(address), NativeSharedMemory.length(address));
    NativeShared.retain(address);
    Cleanup.register(root, () -> NativeShared.release(address));
  }

  /**
   * Makes one.
   *
   * @throws OutOfMemoryError if there is no memory for it, not even after a garbage collection
   */
  public static SharedMemory allocate(long length) {
    Garbage.collectIfMuch(length);
    long address = NativeSharedMemory.create(length);
    if (address == 0) {
      Garbage.collect();
      address = NativeSharedMemory.create(length);
    }
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for a SharedBuffer of " + length + " bytes");
    }
    return new SharedMemory(SharedHandle.adopt(SharedHandle.Kind.MEMORY, address));
  }

  /** Java's reference to it. */
  public SharedHandle handle() {
    return handle;
  }

  /** How many bytes it has. */
  public int length() {
    return root.capacity();
  }

  /** A buffer of some of its bytes, which are there; in native order. */
  public ByteBuffer slice(int offset, int length) {
    return root.slice(offset, length).order(ByteOrder.nativeOrder());
  }

  /**
   * Waits for a notification if the word at that position, which is there, has the expected value.
   *
   * @param nanoseconds 0 not to wait, negative for ever
   * @return whether there was a notification, or another value, in time
   * @throws InterruptedException if the thread was interrupted before
   */
  public boolean waitFor(long position, long expected, long nanoseconds)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    try {
      long address = handle.address();
      int waited = NativeSharedMemory.waitFor(address, position, expected, 0, 0);
      if (waited == TIMED_OUT && nanoseconds != 0) {
        waited =
            (int)
                InterruptibleWait.perform(
                    (time, waiter) ->
                        NativeSharedMemory.waitFor(address, position, expected, time, waiter),
                    nanoseconds,
                    TIMED_OUT);
      }
      return isSignal(waited);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static boolean isSignal(int waited) throws InterruptedException {
    return switch (waited) {
      case SIGNALLED -> true;
      case TIMED_OUT -> false;
      default -> {
        Thread.interrupted();
        throw new InterruptedException();
      }
    };
  }

  /** Wakes at most so many who wait for the word at that position; answers how many. */
  public long notify(long position, long most) {
    try {
      return NativeSharedMemory.notify(handle.address(), position, most);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The bytes of all blocks that there are. */
  public static long total() {
    return NativeSharedMemory.total();
  }

  /**
   * Blocks that only garbage refers to. The collector does not know how large they are and would
   * let them be, as their Java objects are small; the JDK helps its direct buffers likewise.
   */
  private static final class Garbage {
    private static long limit = Runtime.getRuntime().maxMemory();

    private Garbage() {}

    static synchronized void collectIfMuch(long wanted) {
      if (total() + wanted > limit) {
        collect();
        limit = Math.max(Runtime.getRuntime().maxMemory(), 2 * (total() + wanted));
      }
    }

    /** Waits a moment for the cleaners, as long as they get somewhere. */
    static void collect() {
      System.gc();
      long before;
      do {
        before = total();
        LockSupport.parkNanos(20_000_000);
      } while (total() < before);
    }
  }
}
