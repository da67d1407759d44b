package dev.clutch.examples;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.SharedBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gives one block of memory to four interpreters, of which each fills a quarter. Argument: its size
 * in MiB.
 */
public final class SharedMemory {
  private static final int INTERPRETERS = 4;
  private static final int MEBIBYTE = 1 << 20;

  private SharedMemory() {}

  /** Runs the example. */
  public static void main(String[] args) throws IOException {
    long size = (args.length == 0 ? 64 : Long.parseLong(args[0])) * MEBIBYTE;
    List<Interpreter> interpreters = new ArrayList<>();
    for (int i = 0; i < INTERPRETERS; i++) {
      interpreters.add(Interpreters.create());
    }
    long before = residentMebibytes();
    SharedBuffer memory = SharedBuffer.allocate(size);
    interpreters.forEach(python -> python.set("memory", memory));
    long quarter = size / INTERPRETERS;
    for (int i = 0; i < INTERPRETERS; i++) {
      fill(interpreters.get(i), i + 1, i * quarter, (i + 1) * quarter);
    }
    long grown = residentMebibytes() - before;
    for (int i = 0; i < INTERPRETERS; i++) {
      System.out.print(memory.byteBuffer().get((int) (i * quarter)) + " ");
    }
    System.out.println();
    System.err.printf(
        "%d MiB in %d interpreters: resident size grew by %d MiB%n",
        size / MEBIBYTE, INTERPRETERS, grown);
    interpreters.forEach(Interpreter::close);
  }

  /** In pieces, so that what is copied from takes no memory to speak of. */
  private static void fill(Interpreter python, int value, long start, long stop) {
    python.prepareMain(Map.of("value", value, "start", start, "stop", stop));
    python.run(
        """
        piece = bytes([value]) * 65536
        for at in range(start, stop, len(piece)):
            memory[at : at + len(piece)] = piece
        """);
  }

  private static long residentMebibytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
    return Long.parseLong(pages) * 4096 / MEBIBYTE;
  }
}
