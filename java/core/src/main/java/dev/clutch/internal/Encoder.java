package dev.clutch.internal;

import dev.clutch.NotShareableException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes values for {@code decoder.c} to read. One is used for one request. */
final class Encoder {
  /** As CLUTCH_MAX_DEPTH in {@code codec.h}. */
  private static final int MAX_DEPTH = 1000;

  private final CallBuffer to;
  private final long interpreter;
  private @Nullable List<Long> objects;

  Encoder(CallBuffer to, long interpreter) {
    this.to = to;
    this.interpreter = interpreter;
  }

  /**
   * Writes a value.
   *
   * @param name how error messages call it, such as {@code args}
   * @throws NotShareableException if it cannot cross, with the path to what is in the way
   */
  void value(@Nullable Object value, String name) {
    try {
      write(value, 0);
    } catch (Refused refused) {
      releaseObjects();
      throw new NotShareableException(name + refused.message());
    } catch (StackOverflowError overflow) {
      releaseObjects();
      throw new NotShareableException(
          name + " is nested too deeply for this thread's stack, or the value contains itself");
    }
  }

  /** Writes a str, and nothing else about it. */
  void string(String value) {
    writeString(value);
  }

  /** Writes arguments: a tuple. */
  void arguments(@Nullable Object[] arguments) {
    value(arguments, "args");
  }

  /** Lets go of the Java objects written, when Python did not get them. */
  void releaseObjects() {
    if (objects != null) {
      objects.forEach(JavaObjects::release);
      objects = null;
    }
  }

  private void write(@Nullable Object value, int depth) {
    if (value instanceof String text) {
      writeString(text);
    } else if (value instanceof Long number) {
      to.room(9).put((byte) 'i').putLong(number);
    } else if (value instanceof Double number) {
      to.room(9).put((byte) 'd').putDouble(number);
    } else if (value == null) {
      to.room(1).put((byte) 'N');
    } else if (value instanceof Boolean truth) {
      to.room(1).put((byte) (truth ? 'T' : 'F'));
    } else if (value instanceof Number number) {
      writeNumber(number);
    } else if (value instanceof byte[] bytes) {
      to.room(5 + bytes.length).put((byte) 'b').putInt(bytes.length).put(bytes);
    } else if (value instanceof CharSequence || value instanceof Character) {
      writeString(value.toString());
    } else {
      writeContainer(value, depth);
    }
  }

  private void writeNumber(Number number) {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      to.room(9).put((byte) 'i').putLong(number.longValue());
    } else if (number instanceof Float) {
      to.room(9).put((byte) 'd').putDouble(number.doubleValue());
    } else if (number instanceof BigInteger big) {
      writeBigInteger(big);
    } else {
      throw new Refused(" is a " + number.getClass().getName());
    }
  }

  private void writeBigInteger(BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    ByteBuffer room = to.room(5 + bigEndian.length).put((byte) 'I').putInt(bigEndian.length);
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      room.put(bigEndian[i]);
    }
  }

  private void writeString(String text) {
    int length = text.length();
    ByteBuffer room = to.room(5 + length * 2);
    int start = room.position();
    room.put((byte) 's').putInt(length);
    for (int i = 0; i < length; i++) {
      char unit = text.charAt(i);
      if (unit > 0xFF) {
        room.position(start);
        writeUtf16(text, room);
        return;
      }
      room.put((byte) unit);
    }
  }

  private static void writeUtf16(String text, ByteBuffer room) {
    room.put((byte) 'u').putInt(text.length());
    for (int i = 0; i < text.length(); i++) {
      room.putChar(text.charAt(i));
    }
  }

  private void writeContainer(Object value, int depth) {
    if (depth >= MAX_DEPTH) {
      throw new Refused(
          " is nested deeper than " + MAX_DEPTH + " levels, or the value contains itself");
    }
    if (value instanceof Set<?> set) {
      writeItems('<', set, depth);
    } else if (value instanceof Collection<?> list) {
      writeItems('[', list, depth);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, depth);
    } else if (value instanceof Object[] array) {
      writeTuple(array, depth);
    } else if (JavaObjects.isCallable(value)) {
      writeObject(value);
    } else {
      throw new Refused(" is a " + value.getClass().getName());
    }
  }

  private void writeHeader(char tag, int count) {
    to.room(5).put((byte) tag).putInt(count);
  }

  private void writeItem(@Nullable Object item, Object position, int depth) {
    try {
      write(item, depth);
    } catch (Refused refused) {
      throw refused.at(position);
    }
  }

  private void writeItems(char tag, Collection<?> items, int depth) {
    writeHeader(tag, items.size());
    int index = 0;
    for (Object item : items) {
      writeItem(item, index++, depth + 1);
    }
  }

  private void writeTuple(@Nullable Object[] items, int depth) {
    writeHeader('(', items.length);
    for (int i = 0; i < items.length; i++) {
      writeItem(items[i], i, depth + 1);
    }
  }

  private void writeMap(Map<?, ?> map, int depth) {
    writeHeader('{', map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object position =
          entry.getKey() instanceof String ? "\"" + entry.getKey() + '"' : entry.getKey();
      writeItem(entry.getKey(), String.valueOf(position), depth + 1);
      writeItem(entry.getValue(), String.valueOf(position), depth + 1);
    }
  }

  private void writeObject(Object value) {
    long handle = JavaObjects.add(interpreter, value);
    if (objects == null) {
      objects = new ArrayList<>();
    }
    objects.add(handle);
    to.room(9).put((byte) 'f').putLong(handle);
  }

  /** A value that cannot cross; on its way up it learns the path to it. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final StringBuilder reversedPath = new StringBuilder();

    Refused(String problem) {
      super(problem, null, false, false);
      this.problem = problem;
    }

    Refused at(Object position) {
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
          problem.startsWith(" is a ")
              ? ", which cannot cross to Python; null, Boolean, numbers, strings, byte[], List, Set,"
                  + " Map, Object[] and functional interfaces can"
              : "";
      return shown + problem + hint;
    }
  }
}
