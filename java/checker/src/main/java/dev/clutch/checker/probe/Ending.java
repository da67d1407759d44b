package dev.clutch.checker.probe;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Map;

/**
 * How a process ended, as {@code clutch-probe} tells.
 *
 * @param ended {@code exited}, {@code killed}, {@code timeout}, or {@code failed} if there never
 *     was one
 * @param code its exit status, or the number of the signal
 * @param findings what it wrote as it went, see {@code native/probe/findings.h}
 * @param output its standard output and error; the reason, if it failed
 */
record Ending(
    String id, String ended, int code, long microseconds, String findings, String output) {

  /** Reads a line. */
  static Ending parse(String line) throws IOException {
    Map<String, Object> members = JSON.std.mapFrom(line);
    return new Ending(
        text(members, "id"),
        text(members, "ended"),
        (int) number(members, "code"),
        number(members, "microseconds"),
        text(members, "findings"),
        text(members, "output"));
  }

  private static String text(Map<String, Object> members, String name) throws IOException {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new IOException("the text " + name + " is missing");
  }

  private static long number(Map<String, Object> members, String name) throws IOException {
    if (members.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the number " + name + " is missing");
  }

  boolean failed() {
    return ended.equals("failed");
  }

  boolean killed() {
    return ended.equals("killed");
  }

  boolean timedOut() {
    return ended.equals("timeout");
  }
}
