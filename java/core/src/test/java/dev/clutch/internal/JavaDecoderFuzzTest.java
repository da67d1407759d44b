package dev.clutch.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.NotShareableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses and messages that {@code encoder.c} would not write: each is a value or malformed. */
@Timeout(600)
class JavaDecoderFuzzTest {
  private static final long SECONDS = Long.getLong("clutch.fuzz.seconds", 3);
  private static final long SEED = Long.getLong("clutch.fuzz.seed", 1);

  private static final byte[] TAGS = "NTFijIdsubL[(<{axofZeXqhHDUdtnzTPM".getBytes(ISO_8859_1);
  private static final int[] COUNTS = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, 1 << 16};

  private final Random random = new Random(SEED);
  private final List<byte[]> samples = new ArrayList<>();

  JavaDecoderFuzzTest() {
    addSingleValues();
    addParts();
    addContainers();
  }

  @BeforeAll
  static void host() {
    NativeCallback.setHost(new Nobody());
  }

  @Test
  void samplesAreValid() {
    for (byte[] sample : samples) {
      ByteBuffer from = little(sample);
      Decoder.decode(from, 0);
      assertThat(from.remaining()).as(hex(sample)).isZero();
    }
  }

  @Test
  void cutAnywhere() {
    for (byte[] sample : samples) {
      for (int length = 0; length < sample.length; length++) {
        byte[] cut = Arrays.copyOf(sample, length);
        assertThatThrownBy(() -> Decoder.decode(little(cut), 0))
            .as(hex(cut))
            .isInstanceOf(Decoder.MalformedException.class);
      }
    }
  }

  @Test
  void spoiled() {
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    while (System.nanoTime() < end) {
      byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes = spoil(bytes);
      }
      decode(bytes);
    }
  }

  @Test
  void anyDepth() {
    for (String level :
        List.of("[\1\0\0\0", "(\1\0\0\0", "<\1\0\0\0", "{\1\0\0\0", "xd", "X", "e")) {
      decode((level.repeat(100_000) + "N").getBytes(ISO_8859_1));
    }
  }

  /** Each list claims all that is left to be its own. */
  @Test
  void countsThatAddUp() {
    int length = 4 << 20;
    ByteBuffer bytes = little(new byte[length]);
    for (int i = 0; i < 1000; i++) {
      bytes.put((byte) '[').putInt(length - 5 * (i + 1));
    }
    decode(bytes.array());
  }

  private static void decode(byte[] bytes) {
    decode(bytes, () -> Decoder.decode(little(withoutMemory(bytes.clone())), 0));
    decode(bytes, () -> Decoder.decodeMessage(little(bytes), 0));
  }

  private static void decode(byte[] bytes, Runnable reading) {
    try {
      reading.run();
    } catch (Decoder.MalformedException expected) {
      assertThat(expected).hasMessageStartingWith("malformed value from Python: ");
    } catch (NotShareableException expected) {
      assertThat(expected.getMessage()).containsPattern("some of them are equal|nested too deeply");
    } catch (RuntimeException | Error escaped) {
      throw new AssertionError("seed " + SEED + ", " + hex(bytes), escaped);
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 1000));
  }

  // -- spoiling --

  private byte[] spoil(byte[] bytes) {
    if (bytes.length == 0) {
      return garbage(20);
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(7)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = TAGS[random.nextInt(TAGS.length)];
      case 2 -> putCount(bytes, at, COUNTS[random.nextInt(COUNTS.length)]);
      case 3 -> {
        return joined(Arrays.copyOf(bytes, at), garbage(random.nextInt(20)));
      }
      case 4 -> {
        byte[] other = samples.get(random.nextInt(samples.size()));
        return joined(Arrays.copyOf(bytes, at), other);
      }
      case 5 -> {
        return Arrays.copyOf(bytes, at);
      }
      default -> {
        byte[] longer = joined(Arrays.copyOf(bytes, at), garbage(1));
        return joined(longer, Arrays.copyOfRange(bytes, at, bytes.length));
      }
    }
    return bytes;
  }

  private static void putCount(byte[] bytes, int at, int count) {
    for (int i = 0; i < 4 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (count >>> 8 * i);
    }
  }

  private byte[] garbage(int length) {
    byte[] garbage = new byte[length];
    for (int i = 0; i < length; i++) {
      garbage[i] =
          random.nextBoolean() ? TAGS[random.nextInt(TAGS.length)] : (byte) random.nextInt(256);
    }
    return garbage;
  }

  /** These tags are followed by an address, which is C's alone to write. */
  private static byte[] withoutMemory(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 'm' || bytes[i] == 'q') {
        bytes[i]++;
      }
    }
    return bytes;
  }

  // -- samples --

  private static byte[] joined(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private static byte[] eight(char tag, long value) {
    return little(new byte[9]).put((byte) tag).putLong(value).array();
  }

  private static byte[] counted(char tag, int count, byte[]... content) {
    return joined(little(new byte[5]).put((byte) tag).putInt(count).array(), joined(content));
  }

  private static byte[] text(String latin) {
    return counted('s', latin.length(), latin.getBytes(ISO_8859_1));
  }

  private static byte[] part(char kind, byte[]... values) {
    return joined(new byte[] {'x', (byte) kind}, counted('(', values.length, values));
  }

  private void addSingleValues() {
    samples.addAll(List.of(new byte[] {'N'}, new byte[] {'T'}, new byte[] {'F'}, new byte[] {'Z'}));
    samples.addAll(List.of(eight('i', -2), eight('d', 1), eight('f', 3), eight('L', 4)));
    samples.add(new byte[] {'j', 1, 2, 3, 4, 5, 6, -7});
    samples.add(joined(eight('o', 5), new byte[8]));
    samples.add(counted('I', 9, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
    samples.add(text("latin"));
    samples.add(counted('u', 2, new byte[] {1, 2, 3, 4}));
    samples.add(counted('b', 3, new byte[] {1, 2, 3}));
    for (char code : "qdifhHb?".toCharArray()) {
      samples.add(joined(new byte[] {'a'}, counted(code, 16, new byte[16])));
    }
    samples.add(joined(new byte[] {'X'}, text("why")));
    samples.add(counted('P', 2, new byte[] {1, 2}));
  }

  private void addParts() {
    samples.add(part('D', new byte[] {'F'}, text("15"), eight('i', 7)));
    samples.add(part('U', counted('b', 16, new byte[16])));
    samples.add(part('d', eight('i', 730_000)));
    samples.add(part('t', eight('i', 1_000_000)));
    samples.add(part('n', eight('i', 730_000), eight('i', 5)));
    samples.add(part('z', eight('i', 730_000), eight('i', 5), eight('i', 3600)));
    samples.add(part('T', eight('i', -1), eight('i', 1), eight('i', 1)));
  }

  private void addContainers() {
    byte[][] all = samples.toArray(byte[][]::new);
    samples.add(counted('[', all.length, all));
    samples.add(counted('(', 2, text("a"), counted('[', 1, eight('i', 1))));
    samples.add(counted('<', 2, text("a"), text("b")));
    samples.add(counted('{', 2, text("a"), eight('i', 1), text("b"), all[10]));
    samples.add(counted('[', 2, all[8], all[8]));
    samples.add(joined(new byte[] {'e'}, counted('[', 1, text("ValueError"))));
  }

  /** Stands for the public classes, which would ask C. */
  private static final class Nobody implements CallbackHost {
    @Override
    public boolean isOpen(long interpreter) {
      return true;
    }

    @Override
    public SharedHandle handleOf(Object value) {
      return null;
    }

    @Override
    public Object detailsOf(Object shared) {
      return null;
    }

    @Override
    public Object newShared(SharedHandle handle, Object details) {
      return handle;
    }

    @Override
    public long lend(Object value) {
      return -1;
    }

    @Override
    public void takeBack(Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Scope scope() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(long interpreter, int stream, byte[] utf8) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object newObject(long interpreter, long reference, long id) {
      return reference;
    }

    @Override
    public long referenceOf(Object value, long interpreter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RuntimeException newException(List<@Nullable Object> fields) {
      return new RuntimeException(fields.toString());
    }

    @Override
    public boolean roundsNanoseconds(long interpreter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void reportWait(long interpreter, long thread) {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object convert(
        @Nullable Object value, java.lang.reflect.Type type, String name) {
      throw new UnsupportedOperationException();
    }
  }
}
