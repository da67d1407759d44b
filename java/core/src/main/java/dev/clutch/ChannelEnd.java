package dev.clutch;

import dev.clutch.internal.NativeChannel;
import dev.clutch.internal.SharedHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** What both ends of a {@link Channel} have in common. */
abstract class ChannelEnd implements AutoCloseable {
  final SharedHandle handle;

  ChannelEnd(SharedHandle handle) {
    this.handle = handle;
  }

  /** Whether this end was closed, by whomever. */
  public final boolean isClosed() {
    try {
      return NativeChannel.isClosed(handle.address());
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  final int capacity() {
    try {
      return NativeChannel.capacity(handle.address());
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  /** Closes this end for everybody who has it, and wakes whoever waits at it. */
  @Override
  public void close() {
    try {
      NativeChannel.close(handle.address());
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  /** Whether both are the same end of the same channel. */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof ChannelEnd end && end.handle.equals(handle);
  }

  @Override
  public final int hashCode() {
    return handle.hashCode();
  }

  /** Says whether it is closed. */
  @Override
  public final String toString() {
    return "Channel." + getClass().getSimpleName() + (isClosed() ? "[closed]" : "[open]");
  }
}
