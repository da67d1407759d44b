package dev.clutch.internal;

/** How a result shall cross: {@code enum clutch_wanted} in {@code response.h}. */
public enum Wanted {
  /** By value where Java has a type for it. */
  VALUE(0),
  /** As a PyObject, whatever it is. */
  REFERENCE(1),
  /** By value; dataclasses and named tuples as maps of their fields, enum members as names. */
  STRUCTURED(2),
  /** By value; a thread that is attached and at work is not waited for, it competes for the GIL. */
  URGENT(3);

  private final int code;

  Wanted(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
