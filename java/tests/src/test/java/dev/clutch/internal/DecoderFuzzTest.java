package dev.clutch.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Handles;
import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PyFunction;
import dev.clutch.PyObject;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that no Encoder would write: each ends in a result or an error, and Python works on. */
@Timeout(600)
class DecoderFuzzTest {
  private static final long SECONDS = Long.getLong("clutch.fuzz.seconds", 5);
  private static final long SEED = Long.getLong("clutch.fuzz.seed", 1);

  private static final int ROOM = 256 * 1024;
  private static final int SPILLED = -3;

  /** One object's own mistakes must not spoil those that come after. */
  private static final int RENEWED_AFTER = 500;

  private static final Object[] LARGE = {new byte[20_000], new byte[0]};

  /** A native method. */
  @FunctionalInterface
  private interface Operation {
    long perform(
        long handle, long buffer, int length, int capacity, int wanted, Object @Nullable [] large);
  }

  /** A valid request; `header` bytes of it come before the first value. */
  private record Sample(String name, Operation operation, int header, byte[] bytes) {}

  private final Mutations mutations = new Mutations(SEED);
  private final ByteBuffer memory = ByteBuffer.allocateDirect(ROOM).order(ByteOrder.LITTLE_ENDIAN);
  private final Interpreter interpreter = Interpreters.create();
  private final long handle = Handles.of(interpreter);
  private final List<Sample> samples = new ArrayList<>();
  private @Nullable PyFunction function;
  private @Nullable PyObject spare;

  /** If a request kills the JVM, this line is all that is left to repeat it with. */
  @BeforeEach
  void start() {
    System.out.println("-Dclutch.fuzz.seed=" + SEED);
    renew();
  }

  @AfterEach
  void close() {
    interpreter.close();
  }

  @Test
  void validRequestsSucceed() {
    for (Sample sample : samples) {
      assertThat(send(sample, sample.bytes, 0)).as(sample.name).isIn((byte) 'R', (byte) 'E');
    }
  }

  @Test
  void requestsCutAnywhere() {
    for (Sample sample : samples) {
      int step = 1 + sample.bytes.length / 500;
      for (int length = 0; length < sample.bytes.length; length += step) {
        send(sample, Arrays.copyOf(sample.bytes, length), 0);
      }
    }
  }

  @Test
  void memoryOfJavaCutAnywhere() {
    ByteBuffer shared = ByteBuffer.allocateDirect(16);
    samples.clear();
    addSamplesOf(shared);
    requestsCutAnywhere();
  }

  @Test
  void wrongCounts() {
    for (int count : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 24, 2}) {
      for (byte tag : "IsubL[(<{".getBytes(ISO_8859_1)) {
        ByteBuffer value = little(7).put(tag).putInt(count).put((byte) 'N').put((byte) 'N');
        sendValue(value.array());
        sendValue(Mutations.concat(new byte[] {'a', 'q'}, Arrays.copyOfRange(value.array(), 1, 7)));
      }
      sendCounts(count, 0);
      sendCounts(0, count);
      sendCounts(count, count);
    }
  }

  @Test
  void anyDepth() {
    for (int depth : new int[] {998, 999, 1000, 1001, 1002, 20_000}) {
      sendValue(nested(depth, new byte[] {'[', 1, 0, 0, 0}));
      sendValue(nested(depth, new byte[] {'(', 1, 0, 0, 0}));
      sendValue(nested(depth, new byte[] {'<', 1, 0, 0, 0}));
      sendValue(nested(depth, new byte[] {'{', 1, 0, 0, 0}));
      sendValue(nested(depth, new byte[] {'{', 1, 0, 0, 0, 'N'}));
      sendValue(nested(depth, new byte[] {'x', 'd'}));
      sendValue(nested(depth, new byte[] {'f', 1, 0, 0, 0, 0, 0, 0, 0, 0}));
    }
  }

  @Test
  void referencesOfNobody() {
    long valid = Handles.of(Objects.requireNonNull(function).object());
    for (long reference : new long[] {0, -1, valid + 1, valid + (1L << 32), valid - (1L << 32)}) {
      for (Sample sample : samples) {
        if (sample.header >= 8 && !sample.name.equals("release")) {
          byte[] request = sample.bytes.clone();
          ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putLong(reference);
          send(sample, request, 0);
        }
      }
      sendValue(little(9).put((byte) 'o').putLong(reference).array());
    }
  }

  /** Neither side believes what does not fit the 64 bytes. */
  @Test
  void sharedMemoryThatThereIsNot() {
    SharedMemory block = SharedMemory.allocate(64);
    Object[] whole = {64L};
    assertThat(sendShared(block, 0L, 64L, "B", whole)).isEqualTo((byte) 'R');
    assertThat(sendShared(block, 8L, 0L, "d", new Object[] {0L, 5L})).isEqualTo((byte) 'R');
    long huge = 1L << 62;
    for (Object[] details :
        new Object[][] {
          {1L, 64L, "B", whole},
          {-1L, 64L, "B", whole},
          {-huge, 64L, "B", whole},
          {65L, 0L, "B", new Object[] {0L}},
          {0L, 65L, "B", new Object[] {65L}},
          {0L, -8L, "B", new Object[] {-8L}},
          {0L, 64L, "B", new Object[] {-8L, -8L}},
          {0L, 64L, "q", whole},
          {0L, 0L, "q", new Object[] {huge, huge}},
          {0L, 0L, "q", new Object[] {0L, huge, huge}},
          {0L, 64L, "z", whole},
          {0L, 64L, "", whole},
          {0L, 64L, "B", Collections.nCopies(65, 1L).toArray()},
          {0L, 64L, "B", new Object[] {"64"}},
          {0L, 64L, "B", 64L},
          {0L, 64L, null, whole},
          {"0", 64L, "B", whole},
          {BigInteger.ONE.shiftLeft(70), 64L, "B", whole},
          {0L, 64L},
          {},
        }) {
      assertThat(sendShared(block, details)).as(Arrays.toString(details)).isEqualTo((byte) 'E');
      assertThatThrownBy(() -> Decoder.decode(little(received(block, details)), handle))
          .as(Arrays.toString(details))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(Decoder.decode(little(received(block, 8L, 16L, "q", new Object[] {2L})), handle))
        .hasToString("SharedBuffer[16 bytes, format=q, shape=[2]]");
    assertThat(Decoder.decode(little(received(block, 0L, 64L, true)), handle))
        .isInstanceOf(ByteBuffer.class);
  }

  /** As a value in a request. */
  private byte sendShared(SharedMemory block, Object... details) {
    byte[] one = little(16).putLong(reference()).putInt(1).putInt(0).array();
    byte[] request = Mutations.concat(one, shared(block, details));
    return send(sample("call", NativeObject::call), request, 0);
  }

  /** As a value in a response, which hands over a reference. */
  private static byte[] received(SharedMemory block, Object... details) {
    NativeShared.retain(block.handle().address());
    return shared(block, details);
  }

  private static byte[] shared(SharedMemory block, Object... details) {
    CallBuffer buffer = CallBuffer.take();
    try {
      buffer.room(10).put((byte) 'q').put((byte) 'm').putLong(block.handle().address());
      buffer.encoder(0).value(details, "details");
      byte[] bytes = new byte[buffer.length()];
      buffer.room(0).get(0, bytes);
      return bytes;
    } finally {
      buffer.give();
    }
  }

  @Test
  void spoiledRequests() {
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    for (int i = 1; System.nanoTime() < end; i++) {
      Sample sample = mutations.oneOf(samples);
      byte[] other = mutations.oneOf(samples).bytes;
      send(sample, mutations.spoil(sample.bytes, sample.header, other), mutations.below(4) - 1);
      if (i % RENEWED_AFTER == 0) {
        renew();
      }
    }
  }

  // -- sending --

  /** The request ends where the memory ends, so that a sanitizer sees who reads on. */
  private byte send(Sample sample, byte[] request, int wanted) {
    int room = Math.max(request.length, 16);
    memory.clear().position(ROOM - room).put(request);
    long address = NativeCallback.address(memory) + ROOM - room;
    try {
      long status = sample.operation.perform(handle, address, request.length, room, wanted, LARGE);
      byte kind = response(status, ROOM - room, request.length);
      assertThat(interpreter.eval("1 + 1")).isEqualTo(2L);
      return kind;
    } catch (RuntimeException | AssertionError failed) {
      throw new AssertionError(
          "seed " + SEED + ", " + sample.name + " " + HexFormat.of().formatHex(request), failed);
    }
  }

  private byte response(long status, int start, int length) {
    if (status >= 0) {
      int at = start + ((length + 7) & ~7);
      return read(memory.duplicate().clear().limit(at + (int) status).position(at));
    }
    assertThat(status).isEqualTo(SPILLED);
    long address = memory.getLong(start);
    try {
      return read(NativeCallback.view(address, memory.getLong(start + 8)));
    } finally {
      NativeCallback.free(address);
    }
  }

  private byte read(ByteBuffer response) {
    byte kind = response.order(ByteOrder.LITTLE_ENDIAN).get();
    drop(Decoder.decode(response, handle));
    assertThat(response.remaining()).isZero();
    return kind;
  }

  private static void drop(@Nullable Object value) {
    if (value instanceof PyObject object) {
      object.close();
    } else if (value instanceof Collection<?> collection) {
      collection.forEach(DecoderFuzzTest::drop);
    } else if (value instanceof Map<?, ?> map) {
      drop(map.keySet());
      drop(map.values());
    }
  }

  private void sendValue(byte[] value) {
    byte[] one = little(16).putLong(reference()).putInt(1).putInt(0).array();
    send(sample("call", NativeObject::call), Mutations.concat(one, value), 0);
    send(sample("set", NativeExecution::set), value, 0);
  }

  private void sendCounts(int positional, int named) {
    byte[] counts = little(17).putLong(reference()).putInt(positional).putInt(named).array();
    send(sample("call", NativeObject::call), counts, 0);
    byte[] batch = little(20).putLong(reference()).putInt(positional).putInt(named).array();
    send(sample("callAll", NativeObject::callAll), batch, 0);
  }

  private static Sample sample(String name, Operation operation) {
    return new Sample(name, operation, 0, new byte[0]);
  }

  private static byte[] nested(int depth, byte[] level) {
    ByteBuffer bytes = ByteBuffer.allocate(depth * level.length + 1);
    for (int i = 0; i < depth; i++) {
      bytes.put(level);
    }
    return bytes.put((byte) 'N').array();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long reference() {
    return Handles.of(Objects.requireNonNull(function).object());
  }

  // -- samples --

  private void renew() {
    if (function != null && spare != null) {
      function.close();
      spare.close();
    }
    interpreter.run(
        "def echo(*args, **options): return args, options\n"
            + "class Thing: pass\n"
            + "thing = Thing()"); // the spoiled requests before may have bound these names anew
    PyFunction echo = interpreter.function("echo");
    function = echo;
    samples.clear();
    addQuestions();
    addCode();
    try (PyObject thing = (PyObject) Objects.requireNonNull(interpreter.get("thing"))) {
      for (Object value : Samples.values(thing)) {
        addSamplesOf(value);
      }
    }
  }

  private void add(String name, Operation operation, int header, Consumer<Encoder> request) {
    CallBuffer buffer = CallBuffer.take();
    try {
      request.accept(buffer.encoder(handle));
      byte[] bytes = new byte[buffer.length()];
      buffer.room(0).get(0, bytes);
      samples.add(new Sample(name, operation, header, bytes));
    } finally {
      buffer.give();
    }
  }

  private void addQuestions() {
    addQuestion("same", NativeObject::same);
    addQuestion("length", NativeObject::length);
    addQuestion("str", NativeObject::str);
    addQuestion("repr", NativeObject::repr);
    addQuestion("hash", NativeObject::hash);
    addQuestion("truth", NativeObject::truth);
    addQuestion("iterate", NativeObject::iterate);
    addQuestion("view", NativeObject::view);
    addQuestion("next", NativeObject::next);
    PyObject released = (PyObject) Objects.requireNonNull(interpreter.get("thing"));
    spare = released;
    add("release", NativeObject::release, 8, to -> to.raw(Handles.of(released)));
  }

  private void addQuestion(String name, Operation operation) {
    long reference = reference();
    add(name, operation, 8, to -> to.raw(reference));
  }

  private void addCode() {
    add("run", NativeExecution::run, 0, to -> to.string("x = 1"));
    add("eval", NativeExecution::eval, 0, to -> to.string("'\u20ac'"));
    add("get", NativeExecution::get, 0, to -> to.string("echo"));
    add("resolve", NativeObject::resolve, 0, to -> to.string("echo"));
  }

  private void addSamplesOf(@Nullable Object value) {
    long reference = reference();
    addAbout(reference, "equal", NativeObject::equal, value);
    addAbout(reference, "isInstance", NativeObject::isInstance, value);
    addAbout(reference, "getItem", NativeObject::getItem, value);
    addAbout(reference, "getAttribute", NativeObject::getAttribute, value);
    addAbout(reference, "hasAttribute", NativeObject::hasAttribute, value);
    addCalls(reference, value);
    add(
        "set",
        NativeExecution::set,
        0,
        to -> to.value(Collections.singletonMap("x", value), "values"));
    add(
        "setAttribute",
        NativeObject::setAttribute,
        8,
        to -> {
          to.raw(reference);
          to.string("name");
          to.value(value, "value");
        });
    add(
        "call by name",
        NativeExecution::call,
        0,
        to -> {
          to.string("echo");
          to.tuple(new Object[] {value});
        });
  }

  private void addAbout(long reference, String name, Operation operation, @Nullable Object value) {
    add(
        name,
        operation,
        8,
        to -> {
          to.raw(reference);
          to.value(value, "value");
        });
  }

  private void addCalls(long reference, @Nullable Object value) {
    add(
        "call",
        NativeObject::call,
        16,
        to -> {
          to.raw(reference);
          to.arguments(Arrays.asList(value, 1L), Collections.singletonMap("key", value));
        });
    add(
        "callMethod",
        NativeObject::callMethod,
        8,
        to -> {
          to.raw(reference);
          to.string("__call__");
          to.arguments(new Object[] {value, value});
        });
    add(
        "callAll",
        NativeObject::callAll,
        8,
        to -> {
          to.raw(reference);
          to.batch(Arrays.asList(value, new Object[] {value, 1L}));
        });
  }
}
