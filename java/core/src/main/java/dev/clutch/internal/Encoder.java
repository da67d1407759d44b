package dev.clutch.internal;

import dev.clutch.InterpreterQueue;
import dev.clutch.NotShareableException;
import dev.clutch.Pickled;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes values for {@code decoder.c} to read. One belongs to each {@link CallBuffer}. */
final class Encoder {
  /** As CLUTCH_MAX_DEPTH in {@code codec.h}. */
  private static final int MAX_DEPTH = 1000;

  /** From so many bytes on, an array is passed beside the buffer; as CLUTCH_LARGE in large.h. */
  private static final int LARGE = 16 * 1024;

  /** In place of an index within an element. */
  private static final int WHOLE = -1;

  private final CallBuffer to;
  private final Enclosures enclosures = new Enclosures();
  private final Parts parts = new Parts(this::roundsNanoseconds);
  private long interpreter;
  private Purpose purpose = Purpose.REQUEST;

  /** What is written. */
  enum Purpose {
    /** Large arrays go beside it. */
    REQUEST,
    /** Nothing goes beside it. */
    RESPONSE,
    /** Nothing in it belongs to an interpreter, or to Java alone. */
    MESSAGE
  }

  Encoder(CallBuffer to) {
    this.to = to;
  }

  void begin(long newInterpreter, Purpose newPurpose) {
    interpreter = newInterpreter;
    purpose = newPurpose;
  }

  /** What goes along with what was written. */
  Enclosures enclosures() {
    return enclosures;
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
    } catch (RefusedException refused) {
      throw new NotShareableException(name + refused.message());
    } catch (CallBuffer.TooLargeException tooLarge) {
      throw new NotShareableException(name + ": " + tooLarge.getMessage());
    } catch (StackOverflowError overflow) {
      throw new NotShareableException(
          name + " is nested too deeply for this thread's stack, or the value contains itself");
    }
  }

  /** Writes a str, and nothing else about it. */
  void string(String value) {
    Scalars.writeString(to, value);
  }

  /** Writes arguments for {@code execution.c}: a tuple. */
  void tuple(@Nullable Object[] arguments) {
    value(arguments, "args");
  }

  /** Writes a bare number. */
  void raw(long number) {
    to.room(8).putLong(number);
  }

  /** Writes a bare count. */
  void raw(int count) {
    to.room(4).putInt(count);
  }

  /** Writes positional arguments as {@code call.c} reads them: two counts, and each. */
  void arguments(@Nullable Object[] arguments) {
    for (int i = begin(arguments); i < arguments.length; i++) {
      element(arguments[i], "args", i, WHOLE);
    }
  }

  /**
   * Writes the counts, and the arguments too if they are a few small ints: those are most of all,
   * and a loop would cost as much as they do. Answers how many it wrote.
   */
  private int begin(@Nullable Object[] arguments) {
    ByteBuffer room = to.room(8 + 8 * Word.MOST);
    int at = room.position();
    int count = arguments.length;
    room.putLong(at, count);
    int written = count <= Word.MOST && writeWords(arguments, room, at + 8) ? count : 0;
    room.position(at + 8 + 8 * written);
    return written;
  }

  private static boolean writeWords(@Nullable Object[] arguments, ByteBuffer room, int at) {
    long first = Word.ofArgument(arguments, 0);
    long second = Word.ofArgument(arguments, 1);
    long third = Word.ofArgument(arguments, 2);
    room.putLong(at, first).putLong(at + 8, second).putLong(at + 16, third);
    return Word.areAll(first, second, third);
  }

  /** Writes an argument; its name is put together only for an error. */
  private void element(@Nullable Object value, String name, int index, int within) {
    try {
      write(value, 1);
    } catch (RefusedException | CallBuffer.TooLargeException | StackOverflowError refused) {
      String part = within == WHOLE ? "" : "[" + within + "]";
      value(value, name + "[" + index + "]" + part); // once more, for the error
    }
  }

  /** Writes positional and keyword arguments. */
  void arguments(List<?> positional, Map<String, ?> keywords) {
    to.room(8).putInt(positional.size()).putInt(keywords.size());
    int index = 0;
    for (Object value : positional) {
      element(value, "args", index++, WHOLE);
    }
    for (Map.Entry<String, ?> keyword : keywords.entrySet()) {
      Scalars.writeString(to, keyword.getKey());
      value(keyword.getValue(), "kwargs[\"" + keyword.getKey() + "\"]");
    }
  }

  /** Writes the arguments of each call of a batch. */
  void batch(Collection<? extends @Nullable Object> inputs) {
    int count = inputs.size();
    raw(count);
    int index = 0;
    for (Object input : inputs) {
      if (input instanceof Object[] several) {
        batchItem(several, index++);
      } else {
        to.room(8).putLong(1);
        element(input, "inputs", index++, WHOLE);
      }
    }
    expect(count, index);
  }

  private void batchItem(@Nullable Object[] arguments, int index) {
    for (int i = begin(arguments); i < arguments.length; i++) {
      element(arguments[i], "inputs", index, i);
    }
  }

  /**
   * This and what it calls for containers are on the stack a thousand times: their frames are
   * small.
   */
  private void write(@Nullable Object value, int depth) {
    if (value == null) {
      to.room(1).put((byte) 'N');
    } else if (!writeSingle(value)) {
      writeContainer(value, depth);
    }
  }

  private boolean writeSingle(Object value) {
    if (value instanceof String text) {
      Scalars.writeString(to, text);
    } else if (value instanceof Long number) {
      Scalars.writeLong(to, number);
    } else if (value instanceof Double number) {
      to.room(9).put((byte) 'd').putDouble(number);
    } else if (value instanceof Boolean truth) {
      to.room(1).put((byte) (truth ? 'T' : 'F'));
    } else if (value instanceof Number number) {
      writeNumber(number);
    } else if (value instanceof byte[] bytes) {
      writeBytes(bytes);
    } else if (value instanceof CharSequence || value instanceof Character) {
      Scalars.writeString(to, value.toString());
    } else {
      return false;
    }
    return true;
  }

  private void writeNumber(Number number) {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      Scalars.writeLong(to, number.longValue());
    } else if (number instanceof Float) {
      to.room(9).put((byte) 'd').putDouble(number.doubleValue());
    } else if (number instanceof BigInteger big) {
      Scalars.writeBigInteger(to, big);
    } else {
      writeOther(number);
    }
  }

  private void writeBytes(byte[] bytes) {
    if (bytes.length < LARGE || purpose != Purpose.REQUEST) {
      to.room(Math.addExact(5, bytes.length)).put((byte) 'b').putInt(bytes.length).put(bytes);
      return;
    }
    writeLarge((byte) 'b', bytes);
  }

  private void writeLarge(byte code, Object array) {
    to.room(6).put((byte) 'L').put(code).putInt(enclosures.add(array));
  }

  private boolean writeArray(Object value) {
    Arrays.Type type = Arrays.typeOf(value);
    if (type == null) {
      return false;
    }
    if (purpose == Purpose.REQUEST && type.sizeOf(value) >= LARGE) {
      writeLarge(type.code(), value);
    } else {
      type.encode(value, to);
    }
    return true;
  }

  @SuppressWarnings("PatternMatchingInstanceof") // its variables would be in every frame
  private void writeContainer(Object value, int depth) {
    if (depth >= MAX_DEPTH) {
      throw new RefusedException(
          " is nested deeper than " + MAX_DEPTH + " levels, or the value contains itself");
    }
    if (value instanceof Set) {
      writeItems('<', (Set<?>) value, depth);
    } else if (value instanceof Collection && !(value instanceof InterpreterQueue)) {
      writeItems('[', (Collection<?>) value, depth);
    } else if (value instanceof Map) {
      writeMap((Map<?, ?>) value, depth);
    } else if (value instanceof Object[]) {
      writeTuple((Object[]) value, depth);
    } else {
      writeOther(value);
    }
  }

  private void writeHeader(char tag, int count) {
    to.room(5).put((byte) tag).putInt(count);
  }

  private void writeItems(char tag, Collection<?> items, int depth) {
    int count = items.size();
    writeHeader(tag, count);
    int index = 0;
    try {
      for (Object item : items) {
        write(item, depth + 1);
        index++;
      }
    } catch (RefusedException | CallBuffer.TooLargeException refused) {
      throw RefusedException.within(index, refused);
    }
    expect(count, index);
  }

  private static void expect(int announced, int written) {
    if (announced != written) {
      throw new ConcurrentModificationException(
          "a collection of " + announced + " had " + written + " items while it crossed");
    }
  }

  private void writeTuple(@Nullable Object[] items, int depth) {
    writeHeader('(', items.length);
    for (int i = 0; i < items.length; i++) {
      try {
        write(items[i], depth + 1);
      } catch (RefusedException | CallBuffer.TooLargeException refused) {
        throw RefusedException.within(i, refused);
      }
    }
  }

  private void writeMap(Map<?, ?> map, int depth) {
    int count = map.size();
    writeHeader('{', count);
    int written = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      try {
        write(entry.getKey(), depth + 1);
        write(entry.getValue(), depth + 1);
      } catch (RefusedException | CallBuffer.TooLargeException refused) {
        throw RefusedException.within(entry.getKey(), refused);
      }
      written++;
    }
    expect(count, written);
  }

  private void writeOther(Object value) {
    if (writeParts(value) || writeArray(value) || writeShared(value) || writePickled(value)) {
      return;
    }
    if (purpose == Purpose.MESSAGE) {
      writeForAnybody(value);
    } else if (value instanceof ByteBuffer buffer) {
      writeBuffer(buffer);
    } else if (!writeReference(value) && !writePipeEnd(value)) {
      writeObject(value);
    }
  }

  private boolean writeShared(Object value) {
    SharedHandle handle = NativeCallback.host().handleOf(value);
    if (handle == null) {
      return false;
    }
    long position = handle.address();
    if (purpose == Purpose.MESSAGE) {
      position = enclosures.attach(handle);
    } else {
      enclosures.refer();
    }
    to.room(10).put((byte) 'q').put(handle.kind().code).putLong(position);
    write(NativeCallback.host().detailsOf(value), 0);
    return true;
  }

  private boolean writePickled(Object value) {
    if (!(value instanceof Pickled pickled)) {
      return false;
    }
    byte[] bytes = pickled.toByteArray();
    to.room(Math.addExact(5, bytes.length)).put((byte) 'P').putInt(bytes.length).put(bytes);
    return true;
  }

  /** Memory is copied; a handle of one interpreter's, or of Java's, cannot be sent. */
  private void writeForAnybody(Object value) {
    if (value instanceof ByteBuffer buffer) {
      writeCopy(buffer);
      return;
    }
    boolean handle =
        value instanceof PyObject
            || value instanceof PyFunction
            || JavaCallables.signature(value.getClass()) != null;
    throw new RefusedException(
        handle
            ? " is a "
                + value.getClass().getName()
                + ": callables and handles cannot be sent, as they belong to one interpreter or to"
                + " Java"
            : " is a " + value.getClass().getName() + ", which cannot be sent");
  }

  private void writeCopy(ByteBuffer buffer) {
    int length = buffer.remaining();
    to.room(Math.addExact(6, length)).put((byte) 'M').put((byte) 'b').putInt(length);
    to.room(length).put(buffer.duplicate());
    Scalars.writeString(to, "B");
    writeTuple(new Object[] {(long) length}, 0);
    write(buffer.isReadOnly(), 0);
  }

  private boolean writeReference(Object value) {
    long reference = referenceOf(value);
    if (reference == 0) {
      return false;
    }
    enclosures.refer();
    to.room(9).put((byte) 'o').putLong(reference);
    return true;
  }

  private boolean writePipeEnd(Object value) {
    long end;
    try {
      end = NativeCallback.host().lend(value);
    } catch (IllegalStateException closed) {
      throw new RefusedException(": " + closed.getMessage());
    }
    if (end < 0) {
      return false;
    }
    enclosures.lent(value);
    to.room(6).put((byte) 'p').putInt((int) end).put((byte) (end >> 32));
    return true;
  }

  private long referenceOf(Object value) {
    try {
      return NativeCallback.host().referenceOf(value, interpreter);
    } catch (IllegalStateException | NotShareableException refused) {
      throw new RefusedException(": " + refused.getMessage());
    }
  }

  private void writeBuffer(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw new RefusedException(
          " is a ByteBuffer on the Java heap, which Python cannot see: use a direct one, or its"
              + " byte[]");
    }
    Memory.encode(buffer, hold(buffer, null), to);
  }

  private boolean writeParts(Object value) {
    Parts.Split split;
    try {
      split = parts.split(value);
    } catch (Parts.OutOfRangeException outOfRange) {
      throw new RefusedException(
          " is the " + value.getClass().getSimpleName() + " " + value + outOfRange.getMessage());
    }
    if (split == null) {
      return false;
    }
    to.room(2).put((byte) 'x').put((byte) split.kind());
    writeTuple(split.values().toArray(), 0);
    return true;
  }

  private void writeObject(Object value) {
    JavaCallables.Signature signature = JavaCallables.signature(value.getClass());
    if (signature == null) {
      throw new RefusedException(" is a " + value.getClass().getName());
    }
    to.room(10).put((byte) 'f').putLong(hold(value, signature)).put((byte) signature.arity());
    Scalars.writeString(to, signature.name());
  }

  private long hold(Object value, JavaCallables.@Nullable Signature signature) {
    long handle = JavaObjects.add(interpreter, value, signature);
    enclosures.hold(handle);
    return handle;
  }

  private boolean roundsNanoseconds() {
    return NativeCallback.host().roundsNanoseconds(interpreter);
  }
}
