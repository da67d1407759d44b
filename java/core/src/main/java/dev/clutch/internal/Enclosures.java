package dev.clutch.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes along with written bytes: beside them, or alive until they are read. */
final class Enclosures {
  private @Nullable List<Long> objects;
  private @Nullable List<Object> large;
  private @Nullable List<Object> lent;
  private @Nullable List<SharedHandle> attachments;
  private boolean references;

  /** An array goes beside: its index. */
  int add(Object array) {
    if (large == null) {
      large = new ArrayList<>();
    }
    large.add(array);
    return large.size() - 1;
  }

  /** A message refers to it: its index. */
  int attach(SharedHandle handle) {
    if (attachments == null) {
      attachments = new ArrayList<>();
    }
    attachments.add(handle);
    return attachments.size() - 1;
  }

  /** A handle of {@link JavaObjects} is held for the reader. */
  void hold(long object) {
    if (objects == null) {
      objects = new ArrayList<>();
    }
    objects.add(object);
  }

  /** An end of a pipe stays open. */
  void lent(Object end) {
    if (lent == null) {
      lent = new ArrayList<>();
    }
    lent.add(end);
  }

  /** Something among the values refers to what lives no longer than they do. */
  void refer() {
    references = true;
  }

  /** Whether the reader needs what was written to stay reachable until it has read it. */
  boolean holdObjects() {
    return objects != null || references || lent != null;
  }

  /** The arrays that go beside. */
  Object @Nullable [] large() {
    return large == null ? null : large.toArray();
  }

  /** The addresses of what a message refers to, or null. */
  long @Nullable [] attachments() {
    return attachments == null
        ? null
        : attachments.stream().mapToLong(SharedHandle::address).toArray();
  }

  /** The bytes are read: the reader has taken what it wants to keep. */
  void release() {
    if (objects != null) {
      objects.forEach(JavaObjects::release);
      objects = null;
    }
    if (lent != null) {
      lent.forEach(NativeCallback.host()::takeBack);
      lent = null;
    }
    large = null;
    attachments = null;
    references = false;
  }
}
