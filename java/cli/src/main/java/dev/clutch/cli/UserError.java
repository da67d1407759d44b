package dev.clutch.cli;

/** What the user asked for cannot be done; the message, one line, is all they need to see. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserError(String message) {
    super(message);
  }
}
