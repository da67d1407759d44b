package dev.clutch;

/** What tests of the internal package need of the public classes. */
public final class Handles {
  private Handles() {}

  /** The number that C knows the interpreter by. */
  public static long of(Interpreter interpreter) {
    return interpreter.handle();
  }

  /** The number that C knows the object by. */
  public static long of(PyObject object) {
    return object.referenceFor(object.interpreter().handle());
  }
}
