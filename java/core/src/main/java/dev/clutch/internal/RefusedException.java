package dev.clutch.internal;

import org.jspecify.annotations.Nullable;

/** A value that cannot cross; on its way up it learns the path to it. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final StringBuilder reversedPath = new StringBuilder();

  RefusedException(String problem) {
    super(problem, null, false, false);
    this.problem = problem;
  }

  /** What the element there met with: this, or that it is too large. */
  static RefusedException within(@Nullable Object position, RuntimeException problem) {
    RefusedException refused =
        problem instanceof RefusedException known
            ? known
            : new RefusedException(": " + problem.getMessage());
    return refused.at(
        position instanceof String ? "\"" + position + '"' : String.valueOf(position));
  }

  private RefusedException at(String position) {
    reversedPath.append(new StringBuilder("[" + position + "]").reverse());
    return this;
  }

  String message() {
    String path = reversedPath.reverse().toString();
    String shown =
        path.length() <= 200
            ? path
            : path.substring(0, 100) + "..." + path.substring(path.length() - 60);
    String hint =
        problem.startsWith(" is a ") && !problem.contains(",")
            ? ", which cannot cross to Python; null, Boolean, numbers, strings, arrays, List, Set,"
                + " Map, direct ByteBuffer, java.time values, UUID, PyObject, functional interfaces,"
                + " queues, SharedBuffer, and ends of channels and pipes can"
            : "";
    return shown + problem + hint;
  }
}
