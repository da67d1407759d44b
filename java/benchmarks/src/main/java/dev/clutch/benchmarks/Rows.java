package dev.clutch.benchmarks;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;

/** All rows, in the order of the table. */
final class Rows {
  static final List<Class<?>> ALL =
      List.of(
          Calls.General.class,
          Calls.Attached.class,
          Calls.Batch.class,
          Calls.Run.class,
          In.Longs.class,
          In.Strings.class,
          In.Dict.class,
          Out.Longs.class,
          Out.Strings.class,
          Out.Dict.class,
          Bulk.LongsIn.class,
          Bulk.LongsOut.class,
          Bulk.BytesIn.class,
          Bulk.BytesOut.class,
          Bulk.Buffer.class,
          Callbacks.JavaFunction.class,
          Pipes.JavaToJava.class,
          Pipes.JavaToPython.class,
          Channels.JavaToJava.class,
          Channels.JavaToPython.class,
          Queues.PutAndGet.class,
          Queues.InPython.class,
          Queues.PingPong.class,
          Limits.Memory.class,
          Limits.Time.class);

  private Rows() {}

  /** Prints the names of the rows that match the pattern given, and that this CPython can have. */
  public static void main(String[] args) {
    Pattern pattern = Pattern.compile(args[0], Pattern.CASE_INSENSITIVE);
    int minor = Integer.parseInt(System.getProperty("clutch.python").split("\\.")[1]);
    ALL.stream()
        .filter(row -> row.getAnnotation(Row.class).since() <= minor)
        .map(Rows::name)
        .filter(name -> pattern.matcher(name).find())
        .forEach(System.out::println);
  }

  /** Such as {@code Calls.General}. */
  static String name(Class<?> row) {
    return row.getCanonicalName().substring(row.getPackageName().length() + 1);
  }

  static Class<?> named(String name) {
    return ALL.stream()
        .filter(row -> name(row).equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("there is no row " + name));
  }
}
