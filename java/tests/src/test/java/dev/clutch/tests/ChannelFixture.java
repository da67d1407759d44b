package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A channel for each test, and what tests of channels have in common. */
abstract class ChannelFixture {
  static final Duration SHORT = Duration.ofMillis(20);

  /** More than a pipe holds. */
  static final byte[] LARGE = new byte[1_000_000];

  /** A function of Python's that tells the type of what another one raises. */
  static final String RAISED =
      """
      def raised(function, *args, **kwargs):
          try:
              function(*args, **kwargs)
          except BaseException as error:
              return type(error).__name__
          return "nothing"
      """;

  Channel channel;
  Channel.SendEnd to;
  Channel.ReceiveEnd from;

  @BeforeEach
  void openChannel() throws IOException {
    use(Channel.open());
  }

  void use(Channel opened) {
    channel = opened;
    to = channel.sendEnd();
    from = channel.receiveEnd();
  }

  @AfterEach
  void closeChannel() {
    channel.close();
  }

  void close(boolean receiving) {
    if (receiving) {
      from.close();
    } else {
      to.close();
    }
  }

  void fill() throws Exception {
    while (to.send(new byte[1000], Duration.ZERO)) {}
  }

  interface Task {
    void run() throws Exception;
  }

  static CompletableFuture<Void> async(Task task) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            task.run();
          } catch (Exception failed) {
            throw new AssertionError(failed);
          }
        },
        Threads.OWN);
  }

  /** What it throws, or null, when it is done: it waits until then. */
  static CompletableFuture<Throwable> waiting(Thread[] thread, ThrowingCallable what) {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    thread[0] = new Thread(() -> ended.complete(catchThrowable(what)));
    thread[0].start();
    assertThatThrownBy(() -> ended.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    return ended;
  }

  static CompletableFuture<Throwable> waiting(ThrowingCallable what) {
    return waiting(new Thread[1], what);
  }

  /** When what nothing refers to any more is gone. */
  static long settled() throws InterruptedException {
    long last = -1;
    for (int alike = 0; alike < 5; ) {
      System.gc();
      Thread.sleep(10);
      long now = descriptors();
      alike = now == last ? alike + 1 : 0;
      last = now;
    }
    return last;
  }

  private static long descriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static byte[] random(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  /** Everything that waits. */
  enum Waits {
    RECEIVE(true) {
      @Override
      void begin(ChannelFixture of) throws Exception {
        of.from.receive();
      }
    },
    ITERATE(true) {
      @Override
      void begin(ChannelFixture of) throws Exception {
        try {
          of.from.iterator().next();
        } catch (IllegalStateException thrown) {
          throw thrown.getCause() instanceof InterruptedException cause ? cause : thrown;
        }
      }
    },
    SELECT(true) {
      @Override
      void begin(ChannelFixture of) throws Exception {
        Channel.select(List.of(of.from));
        of.from.receiveNowait();
      }
    },
    SEND(false) {
      @Override
      void begin(ChannelFixture of) throws Exception {
        of.fill();
        of.to.send(new byte[1000]);
      }
    },
    SEND_LARGE(false) {
      @Override
      void begin(ChannelFixture of) throws Exception {
        of.to.send(LARGE);
        of.to.send(LARGE);
      }
    };

    final boolean receives;
    final Class<?> endedByTheOther;

    Waits(boolean receives) {
      this.receives = receives;
      endedByTheOther = receives ? Channel.End.class : Channel.Closed.class;
    }

    abstract void begin(ChannelFixture of) throws Exception;
  }
}
