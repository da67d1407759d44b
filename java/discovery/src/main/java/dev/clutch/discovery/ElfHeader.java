package dev.clutch.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of an ELF file. It tells what this process can never open, without asking the dynamic
 * linker, whose own words for it help nobody, and which dies (SIGBUS) of a file that is cut short.
 *
 * @param end where the section headers end, usually the last thing in the file; 0 if unknown
 */
record ElfHeader(int bits, ByteOrder order, int machine, long end) {
  private static final int SIZE = 64;
  private static final int MAGIC = 0x7f454c46;
  private static final int CLASS = 4;
  private static final int DATA = 5;
  private static final int MACHINE = 18;
  private static final int SECTIONS_OFFSET = 40;
  private static final int SECTION_SIZE = 58;
  private static final int SECTION_COUNT = 60;
  private static final Map<Integer, String> MACHINES =
      Map.of(
          3, "x86",
          21, "ppc64",
          22, "s390x",
          40, "ARM",
          62, "x86-64",
          183, "AArch64",
          243, "RISC-V",
          258, "LoongArch");

  /** The JVM's own executable shows what this process can open. */
  private static final Path THIS_PROCESS = Path.of("/proc/self/exe");

  /** The header of {@code file}, or null if it is no ELF file. */
  static @Nullable ElfHeader read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(ByteBuffer.wrap(in.readNBytes(SIZE)));
    }
  }

  private static @Nullable ElfHeader parse(ByteBuffer bytes) {
    if (bytes.limit() < SIZE || bytes.getInt(0) != MAGIC) {
      return null;
    }
    ByteOrder order = bytes.get(DATA) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int bits = bytes.get(CLASS) == 1 ? 32 : 64;
    int machine = unsignedShort(bytes.order(order), MACHINE);
    return new ElfHeader(bits, order, machine, bits == 64 ? end(bytes) : 0);
  }

  private static long end(ByteBuffer bytes) {
    return bytes.getLong(SECTIONS_OFFSET)
        + (long) unsignedShort(bytes, SECTION_SIZE) * unsignedShort(bytes, SECTION_COUNT);
  }

  private static int unsignedShort(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  /** Why this process cannot open {@code file}, as far as its header tells, or null. */
  static @Nullable String rejection(Path file) {
    try {
      ElfHeader header = read(file);
      if (header == null) {
        return "it is no ELF file, so it can be neither a libpython nor a python3";
      }
      String mismatch = header.mismatch(read(THIS_PROCESS));
      return mismatch == null && header.end > Files.size(file)
          ? "the file is cut short; install it again"
          : mismatch;
    } catch (IOException e) {
      return "it cannot be read (" + e + ")";
    }
  }

  private @Nullable String mismatch(@Nullable ElfHeader process) {
    return process == null || runsAs(process)
        ? null
        : "it is built for " + describe() + ", and this JVM runs as " + process.describe();
  }

  private boolean runsAs(ElfHeader process) {
    return bits == process.bits && order == process.order && machine == process.machine;
  }

  private String describe() {
    return bits + "-bit " + MACHINES.getOrDefault(machine, "machine type " + machine);
  }
}
