package dev.clutch;

import dev.clutch.internal.ThrownObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What crosses of a Python exception; {@code error.c} writes it, as a list in this order.
 *
 * @param exitStatus of a {@code SystemExit}, else null
 * @param cause the Java exception that a callback threw, if one did
 */
record PythonErrorInfo(
    String typeName,
    String message,
    String traceback,
    List<StackTraceElement> frames,
    @Nullable Integer exitStatus,
    @Nullable Throwable cause) {

  static PythonErrorInfo of(List<?> fields) {
    Object exit = fields.get(4);
    return new PythonErrorInfo(
        (String) fields.get(0),
        (String) fields.get(1),
        (String) fields.get(2),
        frames((List<?>) fields.get(3)),
        exit == null ? null : ((Long) exit).intValue(),
        fields.get(5) instanceof ThrownObject holder ? holder.thrown() : null);
  }

  String summary() {
    return message.isEmpty() ? typeName : typeName + ": " + message;
  }

  private static List<StackTraceElement> frames(List<?> flat) {
    List<StackTraceElement> frames = new ArrayList<>(flat.size() / 4);
    for (int i = 0; i < flat.size(); i += 4) {
      frames.add(
          new StackTraceElement(
              (String) flat.get(i),
              (String) flat.get(i + 1),
              (String) flat.get(i + 2),
              ((Long) flat.get(i + 3)).intValue()));
    }
    return frames;
  }
}
