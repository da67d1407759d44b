package dev.clutch.internal;

import dev.clutch.NotShareableException;
import dev.clutch.Pickled;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads values that {@code encoder.c} wrote. */
final class Decoder {
  /** As CLUTCH_MAX_DEPTH in {@code codec.h}, and an error's own few levels. */
  private static final int MAX_DEPTH = 1010;

  /** Room is made at once for so many elements; for more of them as they come. */
  private static final int LIKELY = 1 << 17;

  /** The length of a short string, at most. */
  private static final int SHORT = 64;

  private final ByteBuffer from;
  private final long interpreter;

  /** Whether it is a message, in which nothing belongs to an interpreter. */
  private final boolean isMessage;

  /** Where a message is, if it has attachments. */
  private final long message;

  /**
   * Why there will be no value. The rest is read all the same: it has references that only Java can
   * give back.
   */
  private @Nullable RuntimeException refused;

  /** Between the buffer and a short string: one for all of them. */
  private byte @Nullable [] scratch;

  private Decoder(ByteBuffer from, long interpreter, boolean isMessage, long message) {
    this.from = from;
    this.interpreter = interpreter;
    this.isMessage = isMessage;
    this.message = message;
  }

  /**
   * The value that comes next.
   *
   * @throws MalformedException if the bytes are no value
   * @throws NotShareableException if Java cannot hold the value
   */
  static @Nullable Object decode(ByteBuffer from, long interpreter) {
    return new Decoder(from, interpreter, false, 0).decode();
  }

  /**
   * The same of a message.
   *
   * @param message its address, if it has attachments
   */
  static @Nullable Object decodeMessage(ByteBuffer from, long message) {
    return new Decoder(from, 0, true, message).decode();
  }

  private @Nullable Object decode() {
    try {
      Object value = value(0);
      throwRefused();
      return value;
    } catch (BufferUnderflowException truncated) {
      throw new MalformedException("it ends too early");
    } catch (StackOverflowError overflow) {
      throw new NotShareableException(
          "the value from Python is nested too deeply for this thread's stack");
    }
  }

  /** The items of the list that comes next, as an array. */
  static @Nullable Object[] decodeArray(ByteBuffer from, long interpreter) {
    if (from.get() != '[') {
      throw new MalformedException("arguments are no list");
    }
    Decoder decoder = new Decoder(from, interpreter, false, 0);
    @Nullable Object[] items = new Object[decoder.count(1)];
    for (int i = 0; i < items.length; i++) {
      items[i] = decoder.value(1);
    }
    decoder.throwRefused();
    return items;
  }

  private void throwRefused() {
    if (refused != null) {
      throw refused;
    }
  }

  /** Bytes that cannot come from {@code encoder.c}. */
  static final class MalformedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    MalformedException(String problem) {
      super("malformed value from Python: " + problem);
    }
  }

  private @Nullable Object value(int depth) {
    byte tag = from.get();
    return switch (tag) {
      case 'j' -> word();
      case 'i' -> from.getLong();
      case 's' -> latin1();
      case 'd' -> from.getDouble();
      case 'N' -> null;
      case 'T' -> true;
      case 'F' -> false;
      case 'u' -> utf16();
      case 'b' -> bytes();
      default -> uncommon(tag, depth);
    };
  }

  private @Nullable Object uncommon(byte tag, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedException("it is nested too deeply");
    }
    try {
      return structured(tag, depth);
    } catch (NotShareableException | Failure thrown) {
      refused = refused == null ? thrown : refused;
      return null;
    }
  }

  private @Nullable Object structured(byte tag, int depth) {
    return switch (tag) {
      case '[' -> list(depth);
      case '(' -> Collections.unmodifiableList(list(depth));
      case '<' -> set(depth);
      case '{' -> map(depth);
      case 'I' -> bigInteger();
      case 'a' -> Arrays.decode(from);
      case 'x' -> Parts.join(from.get(), parts(depth));
      case 'q' -> shared(depth);
      case 'P' -> new Pickled(bytes());
      default -> isMessage ? sent(tag, depth) : handedOver(tag, depth);
    };
  }

  /** What only messages have. */
  private Object sent(byte tag, int depth) {
    if (tag == 'M') {
      return memory(depth);
    }
    throw new MalformedException("tag " + tag + " in a message");
  }

  /** What messages do not have. */
  private @Nullable Object handedOver(byte tag, int depth) {
    return switch (tag) {
      case 'L', 'f' -> javaObject();
      case 'o' -> NativeCallback.host().newObject(interpreter, from.getLong(), from.getLong());
      case 'm' -> Memory.decode(from, interpreter);
      case 'Z' -> Execution.END;
      case 'e' -> NativeCallback.host().newException(parts(depth));
      case 'X' -> new NotShareableException(String.valueOf(value(depth + 1)));
      default -> throw new MalformedException("tag " + tag);
    };
  }

  /** Closing the interpreter gives up what it held, so it may be gone before it is read here. */
  private @Nullable Object javaObject() {
    Object object = JavaObjects.take(from.getLong());
    if (object == null && !NativeCallback.host().isOpen(interpreter)) {
      throw new Failure(Failure.Kind.CLOSED, null);
    }
    return object;
  }

  private Object shared(int depth) {
    byte code = from.get();
    long position = from.getLong();
    long address = isMessage ? attachment(position) : position;
    SharedHandle handle = SharedHandle.adopt(code, address);
    return NativeCallback.host().newShared(handle, value(depth + 1));
  }

  private long attachment(long number) {
    return message == 0 ? 0 : NativeMessage.attachment(message, number);
  }

  /** A copy of memory; its format and shape have no place in a ByteBuffer. */
  private ByteBuffer memory(int depth) {
    if (!(value(depth + 1) instanceof byte[] content)
        || !(value(depth + 1) instanceof String)
        || !(value(depth + 1) instanceof List)
        || !(value(depth + 1) instanceof Boolean readOnly)) {
      throw new MalformedException("memory");
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(content.length).put(content).flip();
    ByteBuffer shown = readOnly ? copy.asReadOnlyBuffer() : copy;
    return shown.order(ByteOrder.nativeOrder());
  }

  /** A count of things of so many bytes each at least; what cannot fit is refused at once. */
  private int count(int size) {
    return count(from, size);
  }

  static int count(ByteBuffer from, int size) {
    int count = from.getInt();
    if (count < 0 || count > from.remaining() / size) {
      throw new MalformedException("a count of " + (count & 0xFFFFFFFFL));
    }
    return count;
  }

  private List<@Nullable Object> parts(int depth) {
    if (value(depth + 1) instanceof List<?> parts) {
      return Collections.unmodifiableList(parts);
    }
    throw new MalformedException("parts are no list");
  }

  /** Its tag is part of it. */
  private long word() {
    from.position(from.position() - 1);
    return Word.value(from.getLong());
  }

  private byte[] bytes() {
    byte[] bytes = new byte[count(1)];
    from.get(bytes);
    return bytes;
  }

  private String latin1() {
    int length = count(1);
    byte[] bytes = length <= SHORT ? scratch() : new byte[length];
    from.get(bytes, 0, length);
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private byte[] scratch() {
    byte[] made = scratch;
    if (made == null) {
      made = new byte[SHORT];
      scratch = made;
    }
    return made;
  }

  private BigInteger bigInteger() {
    byte[] bytes = bytes();
    if (bytes.length == 0) {
      throw new MalformedException("an int without digits");
    }
    for (int low = 0, high = bytes.length - 1; low < high; low++, high--) {
      byte swapped = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = swapped;
    }
    return new BigInteger(bytes);
  }

  /** Unit by unit, so that unpaired surrogates survive. */
  private String utf16() {
    char[] units = new char[count(2)];
    from.asCharBuffer().get(units);
    from.position(from.position() + units.length * 2);
    return new String(units);
  }

  private List<@Nullable Object> list(int depth) {
    int count = count(1);
    List<@Nullable Object> list = new ArrayList<>(Math.min(count, LIKELY));
    while (list.size() < count) {
      addWords(list, count);
      if (list.size() < count) {
        list.add(value(depth + 1));
      }
    }
    return list;
  }

  /** Adds the small ints that come next: many at once, and without looking at each tag twice. */
  private void addWords(List<@Nullable Object> list, int count) {
    int at = from.position();
    int last = from.limit() - Long.BYTES;
    for (int missing = count - list.size(); missing > 0 && at <= last; missing--) {
      long word = from.getLong(at);
      if (!Word.isInt(word)) {
        break;
      }
      list.add(Word.value(word));
      at += Long.BYTES;
    }
    from.position(at);
  }

  private Set<@Nullable Object> set(int depth) {
    List<@Nullable Object> items = list(depth);
    Set<@Nullable Object> set = new LinkedHashSet<>(items);
    checkSize("set", items.size(), set.size());
    return set;
  }

  /** Python tells two NaNs apart, and what a class's own {@code __eq__} tells apart. */
  private static void checkSize(String type, int expected, int actual) {
    if (expected != actual) {
      throw new NotShareableException(
          "a Python "
              + type
              + " of "
              + expected
              + " elements would have "
              + actual
              + " in Java, where some of them are equal");
    }
  }

  private Map<@Nullable Object, @Nullable Object> map(int depth) {
    int count = count(2);
    Map<@Nullable Object, @Nullable Object> map =
        new LinkedHashMap<>(Math.min(count, LIKELY) * 4 / 3 + 1);
    for (int i = 0; i < count; i++) {
      map.put(value(depth + 1), value(depth + 1));
    }
    checkSize("dict", count, map.size());
    return map;
  }
}
