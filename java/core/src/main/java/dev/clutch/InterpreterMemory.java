package dev.clutch;

import dev.clutch.internal.NativeAccount;

/**
 * The memory that an interpreter has, as its allocators were asked for it ({@code
 * PyObject_SetArenaAllocator}, and {@code PyMem_SetAllocator} for {@code PYMEM_DOMAIN_RAW}). What C
 * libraries take from the system themselves is not in it.
 *
 * @param arenas how many arenas of small objects, and pieces for the frames of Python functions
 * @param arenaBytes how many bytes those are
 * @param largeBlocks how many blocks beside them
 * @param largeBytes how many bytes those are
 * @param peakBytes the most that both together have been
 * @param limitBytes {@link InterpreterConfig#memoryLimit()}, or 0 if there is none
 */
public record InterpreterMemory(
    long arenas,
    long arenaBytes,
    long largeBlocks,
    long largeBytes,
    long peakBytes,
    long limitBytes) {

  /** Bytes in arenas and in large blocks together: what the limit is about. */
  public long bytes() {
    return arenaBytes + largeBytes;
  }

  /**
   * Bytes that interpreters had which are closed by now, and that stay: what CPython does not free,
   * where Clutch cannot tell that nobody uses it, and the memory of those that Java still has a
   * {@code ByteBuffer} of.
   */
  public static long kept() {
    return NativeAccount.kept();
  }
}
