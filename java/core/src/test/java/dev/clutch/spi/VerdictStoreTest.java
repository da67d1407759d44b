package dev.clutch.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictStoreTest {
  @TempDir private Path folder;
  private Path extension;
  private VerdictStore store;

  @BeforeEach
  void makeExtension() throws IOException {
    extension = Files.writeString(folder.resolve("fast.so"), "bytes");
    store = VerdictStore.at(folder.resolve("some/verdicts"));
  }

  @Test
  void aVerdictIsForTheBytesOfAFileAndAMinorVersion() throws Exception {
    assertThat(store.verdict(extension, "3.13")).isEmpty();
    store.record(extension, "3.13", VerdictStore.OWN_GIL);
    assertThat(store.verdict(extension, "3.13")).contains("OWN_GIL");
    assertThat(store.verdict(extension, "3.14")).isEmpty();

    Path copy = Files.copy(extension, folder.resolve("copy.so"));
    assertThat(store.verdict(copy, "3.13")).contains("OWN_GIL");
    Files.writeString(copy, "others");
    assertThat(store.verdict(copy, "3.13")).isEmpty();
  }

  @Test
  void theLastVerdictCounts() throws Exception {
    store.record(extension, "3.13", "CRASHES");
    store.record(extension, "3.13", "OWN_GIL");
    assertThat(store.verdict(extension, "3.13")).contains("OWN_GIL");
    assertThat(VerdictStore.at(folder.resolve("some/verdicts")).verdict(extension, "3.13"))
        .contains("OWN_GIL");
  }

  @Test
  void whatIsNoVerdictOrVersionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.record(extension, "3.13", "OWN\nGIL"))
        .withMessageContaining("no verdict");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.verdict(extension, "../3.13"))
        .withMessageContaining("../3.13");
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws Exception {
    assertThatIOException()
        .isThrownBy(() -> store.verdict(folder.resolve("none.so"), "3.13"))
        .isInstanceOf(NoSuchFileException.class)
        .withMessageContaining("none.so");
    store.record(extension, "3.13", "OWN_GIL");
    Path entry = onlyEntry();
    Files.writeString(entry, "");
    assertThatIOException()
        .isThrownBy(() -> store.verdict(extension, "3.13"))
        .withMessageContaining(entry.toString());
  }

  @Test
  void readersSeeWholeVerdictsWhileOthersRecord() throws Exception {
    store.record(extension, "3.13", "OWN_GIL");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> rounds = new ArrayList<>();
    for (String verdict : List.of("OWN_GIL", "SHARED_GIL", "CRASHES", "MAIN_ONLY")) {
      rounds.add(threads.submit(() -> recordAndRead(verdict)));
    }
    threads.shutdown();
    for (Future<?> each : rounds) {
      each.get();
    }
    assertThat(onlyEntry()).isRegularFile();
  }

  private Void recordAndRead(String verdict) throws IOException {
    for (int i = 0; i < 200; i++) {
      store.record(extension, "3.13", verdict);
      assertThat(store.verdict(extension, "3.13")).isPresent();
    }
    return null;
  }

  private Path onlyEntry() throws IOException {
    try (Stream<Path> entries = Files.list(folder.resolve("some/verdicts/3.13"))) {
      List<Path> all = entries.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }
}
