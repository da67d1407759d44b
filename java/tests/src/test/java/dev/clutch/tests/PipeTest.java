package dev.clutch.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Pipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pipes, used from Java. */
@Tag("jni")
@Timeout(60)
class PipeTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private Pipe pipe;

  @BeforeEach
  void open() throws IOException {
    pipe = Pipe.open();
  }

  @AfterEach
  void close() throws IOException {
    pipe.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private String read(int most) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(most);
    pipe.source().read(target);
    return UTF_8.decode(target.flip()).toString();
  }

  // -- bytes --

  private static Stream<UnaryOperator<ByteBuffer>> kindsOfBuffer() {
    return Stream.of(
        buffer -> buffer,
        buffer -> ByteBuffer.allocateDirect(buffer.remaining()).put(buffer).flip(),
        ByteBuffer::asReadOnlyBuffer,
        buffer -> {
          ByteBuffer larger = ByteBuffer.allocate(buffer.remaining() + 20);
          return larger.position(5).slice().put(buffer).flip();
        });
  }

  @ParameterizedTest
  @MethodSource("kindsOfBuffer")
  void anyBufferIsWritten(UnaryOperator<ByteBuffer> kind) throws IOException {
    ByteBuffer source = kind.apply(bytes("some bytes"));
    assertThat(pipe.sink().write(source)).isEqualTo(10);
    assertThat(source.hasRemaining()).isFalse();
    assertThat(read(100)).isEqualTo("some bytes");
  }

  @Test
  void buffersAreFilledFromTheirPositionToTheirLimit() throws IOException {
    for (ByteBuffer target : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
      pipe.sink().write(bytes("abcdef"));
      assertThat(pipe.source().read(target.position(3).limit(7))).isEqualTo(4);
      assertThat(target.position()).isEqualTo(7);
      assertThat(target.get(3)).isEqualTo((byte) 'a');
      assertThat(target.clear().get(7)).isZero();
      assertThat(read(10)).isEqualTo("ef");
    }
  }

  @Test
  void nothingIsReadOrWrittenWithoutRoom() throws IOException {
    pipe.sink().write(bytes("x"));
    assertThat(pipe.source().read(ByteBuffer.allocate(0))).isZero();
    assertThat(pipe.sink().write(ByteBuffer.allocate(0))).isZero();
    assertThat(read(5)).isEqualTo("x");
  }

  @Test
  void aReadOnlyBufferCannotBeReadInto() {
    ByteBuffer target = ByteBuffer.allocate(1).asReadOnlyBuffer();
    assertThatThrownBy(() -> pipe.source().read(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("read-only");
  }

  @Test
  void moreThanThePipeHoldsIsWrittenWhileItIsRead() throws Exception {
    byte[] content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (Pipe.Sink sink = pipe.sink()) {
                sink.write(ByteBuffer.wrap(content));
              } catch (IOException failed) {
                throw new AssertionError(failed);
              }
            },
            Threads.OWN);
    ByteBuffer target = ByteBuffer.allocate(content.length + 1);
    while (pipe.source().read(target) >= 0) {
      assertThat(target.hasRemaining()).isTrue();
    }
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content));
    writing.get();
  }

  // -- the end --

  @Test
  void theSourceGivesWhatIsLeftAndThenTheEnd() throws IOException {
    pipe.sink().write(bytes("rest"));
    pipe.sink().close();
    assertThat(read(10)).isEqualTo("rest");
    assertThat(pipe.source().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(pipe.source().read(ByteBuffer.allocateDirect(1), SHORT)).isEqualTo(-1);
  }

  @Test
  void writingWithoutASourceIsABrokenPipe() throws IOException {
    pipe.source().close();
    assertThatThrownBy(() -> pipe.sink().write(bytes("x")))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Broken pipe");
  }

  @Test
  void aClosedEndRefusesEverything() throws IOException {
    pipe.close();
    pipe.close();
    assertThat(pipe.source().isOpen()).isFalse();
    assertThatThrownBy(() -> read(1)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pipe.sink().write(bytes("x")))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pipe.source().fd()).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pipe.capacity()).isInstanceOf(ClosedChannelException.class);
  }

  // -- waiting --

  @Test
  void aReadWaitsForTheFirstByte() throws Exception {
    CompletableFuture<String> reading = CompletableFuture.supplyAsync(this::readOne, Threads.OWN);
    assertThatThrownBy(() -> reading.get(50, TimeUnit.MILLISECONDS)).isNotNull();
    pipe.sink().write(bytes("y"));
    assertThat(reading.get()).isEqualTo("y");
  }

  private String readOne() {
    try {
      return read(1);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void waitsEndWhenTheTimeIsOver() throws IOException {
    ByteBuffer target = ByteBuffer.allocate(1);
    assertThat(pipe.source().read(target, SHORT)).isZero();
    assertThat(pipe.source().read(target, Duration.ZERO)).isZero();
    ByteBuffer much = ByteBuffer.allocate(1_000_000);
    assertThat(pipe.sink().write(much, SHORT)).isEqualTo(pipe.capacity());
    assertThat(much.position()).isEqualTo(pipe.capacity());
    assertThat(pipe.sink().write(bytes("x"), Duration.ZERO)).isZero();
    assertThatThrownBy(() -> pipe.sink().write(much, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void veryLongTimesAreForEver() throws IOException {
    pipe.sink().write(bytes("z"), Duration.ofSeconds(Long.MAX_VALUE));
    ByteBuffer target = ByteBuffer.allocate(1);
    assertThat(pipe.source().read(target, Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(1);
  }

  /** An operation that waits, and what becomes of it. */
  private CompletableFuture<Throwable> waiting(Thread[] thread, boolean writing) {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    thread[0] =
        new Thread(
            () ->
                ended.complete(
                    catchThrowable(
                        () -> {
                          if (writing) {
                            pipe.sink().write(ByteBuffer.allocate(1_000_000));
                          } else {
                            pipe.source().read(ByteBuffer.allocate(1));
                          }
                        })));
    thread[0].start();
    assertThatThrownBy(() -> ended.get(50, TimeUnit.MILLISECONDS)).isNotNull();
    return ended;
  }

  @Test
  void closingAnEndWakesWhoWaitsAtIt() throws Exception {
    CompletableFuture<Throwable> read = waiting(new Thread[1], false);
    pipe.source().close();
    assertThat(read.get()).isInstanceOf(AsynchronousCloseException.class);
    open();
    CompletableFuture<Throwable> write = waiting(new Thread[1], true);
    pipe.sink().close();
    assertThat(write.get()).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void anInterruptClosesTheEnd() throws Exception {
    for (boolean writing : new boolean[] {false, true}) {
      Thread[] thread = new Thread[1];
      CompletableFuture<Throwable> ended = waiting(thread, writing);
      thread[0].interrupt();
      assertThat(ended.get()).isInstanceOf(ClosedByInterruptException.class);
      assertThat(writing ? pipe.sink().isOpen() : pipe.source().isOpen()).isFalse();
      close();
      open();
    }
  }

  @Test
  void anInterruptedThreadDoesNotBegin() throws IOException {
    pipe.sink().write(bytes("x"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> read(1)).isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pipe.sink().write(bytes("x")))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aThreadThatWaitsForAnotherWriterIsInterruptedToo() throws Exception {
    CompletableFuture<Throwable> first = waiting(new Thread[1], true);
    Thread[] thread = new Thread[1];
    CompletableFuture<Throwable> second = waiting(thread, true);
    thread[0].interrupt();
    assertThat(second.get()).isInstanceOf(ClosedByInterruptException.class);
    assertThat(first.get()).isInstanceOf(AsynchronousCloseException.class);
  }

  /**
   * Wherever the thread is on its way into the wait. Interrupts close the same way, but JDK 17 can
   * miss one itself: {@code Thread.interrupt} looks for a channel before it sets the flag.
   */
  @Test
  void noCloseIsMissed() throws Exception {
    for (int i = 0; i < 4_000; i++) {
      boolean writing = i % 2 == 0;
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread thread = new Thread(() -> ended.complete(waitForEver(started, writing)));
      thread.start();
      started.await();
      long until = System.nanoTime() + i % 50 * 1_000;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      if (writing) {
        pipe.sink().close();
      } else {
        pipe.source().close();
      }
      assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
      close();
      open();
    }
  }

  private Throwable waitForEver(CountDownLatch started, boolean writing) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(writing ? 1_000_000 : 1);
    started.countDown();
    return catchThrowable(
        () -> {
          if (writing) {
            pipe.sink().write(buffer);
          } else {
            pipe.source().read(buffer);
          }
        });
  }

  /** Only the thread that is meant leaves. */
  @Test
  void othersWaitOn() throws Exception {
    CompletableFuture<Throwable> other = waiting(new Thread[1], false);
    try (Pipe first = pipe) {
      open();
      CompletableFuture<Throwable> closed = waiting(new Thread[1], false);
      pipe.source().close();
      assertThat(closed.get()).isInstanceOf(AsynchronousCloseException.class);
      assertThatThrownBy(() -> other.get(50, TimeUnit.MILLISECONDS)).isNotNull();
      first.sink().write(bytes("x"));
      assertThat(other.get()).isNull();
    }
  }

  // -- descriptors --

  @Test
  void theCapacityIsSet() throws IOException {
    pipe.setCapacity(100_000);
    assertThat(pipe.capacity()).isBetween(100_000, 200_000);
    assertThat(pipe.sink().write(ByteBuffer.allocate(1_000_000), Duration.ZERO))
        .isEqualTo(pipe.capacity());
    assertThatThrownBy(() -> pipe.setCapacity(4096)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> pipe.setCapacity(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> descriptors() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : (Iterable<Path>) all::iterator) {
        try {
          found.add(Files.readSymbolicLink(each).toString());
        } catch (IOException gone) {
          // it was the listing's own
        }
      }
    }
    return found;
  }

  @Test
  void noDescriptorIsLeft() throws IOException {
    int before = descriptors().size();
    for (int i = 0; i < 100; i++) {
      try (Pipe each = Pipe.open()) {
        each.source().fd();
        each.sink().fd();
        each.sink().write(bytes("unread"));
      }
    }
    assertThat(descriptors()).hasSize(before);
  }

  /** But a number that was given away stays, for somebody may use it. */
  @Test
  void aDroppedPipeGivesItsDescriptorsBack() throws Exception {
    int before = descriptors().size();
    for (int i = 0; i < 10; i++) {
      Pipe.open();
    }
    int given = dropAfterGivingTheDescriptor();
    while (descriptors().size() > before + 1) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + given)).toString())
        .startsWith("pipe:");
  }

  private static int dropAfterGivingTheDescriptor() throws IOException {
    return Pipe.open().source().fd();
  }

  @Test
  void childrenInheritNone() throws Exception {
    List<String> ends = new ArrayList<>();
    for (int fd : new int[] {pipe.source().fd(), pipe.sink().fd()}) {
      ends.add(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString());
    }
    Process child =
        new ProcessBuilder("/bin/sh", "-c", "ls -l /proc/self/fd")
            .redirectErrorStream(true)
            .start();
    String listed = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertThat(ends.get(0)).startsWith("pipe:").isEqualTo(ends.get(1));
    assertThat(listed).doesNotContain(ends.get(0));
  }

  // -- many --

  @Test
  void messagesOfManyThreadsArriveWhole() throws Exception {
    int threads = 4;
    int each = 50_000;
    int size = 64;
    int[][] last = new int[2][threads];
    int[] seen = new int[2];
    Thread[] readers = new Thread[2];
    Throwable[] failed = new Throwable[2];
    for (int r = 0; r < readers.length; r++) {
      int reader = r;
      readers[r] =
          new Thread(
              () ->
                  failed[reader] =
                      catchThrowable(() -> seen[reader] = readMessages(size, last[reader])));
      readers[r].start();
    }
    Threads.inParallel(threads, number -> writeMessages(number, each, size));
    pipe.sink().close();
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failed).containsOnlyNulls();
    assertThat(seen[0] + seen[1]).isEqualTo(threads * each);
  }

  private void writeMessages(int sender, int count, int size) throws IOException {
    ByteBuffer message =
        sender % 2 == 0 ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
    for (int i = 1; i <= count; i++) {
      message.clear().putInt(0, sender).putInt(4, i).putInt(size - 4, i);
      pipe.sink().write(message);
    }
  }

  /** Each reader sees a sender's numbers grow. */
  private int readMessages(int size, int[] last) throws IOException {
    ByteBuffer message = ByteBuffer.allocateDirect(size);
    int count = 0;
    while (pipe.source().read(message.clear()) >= 0) {
      int number = message.getInt(4);
      assertThat(message.position()).isEqualTo(size);
      assertThat(message.getInt(size - 4)).isEqualTo(number);
      assertThat(number).isGreaterThan(last[message.getInt(0)]);
      last[message.getInt(0)] = number;
      count++;
    }
    return count;
  }
}
