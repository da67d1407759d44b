package dev.clutch.checker.extension;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import net.fornwall.jelf.ElfSectionHeader;

/**
 * Checks that the sections of a 64-bit little-endian ELF file lie within it. The library that reads
 * them makes arrays of the sizes that a file claims.
 */
final class ElfLayout {
  private static final int HEADER = 64;
  private static final int SECTION_HEADER = 64;
  private static final int E_SHOFF = 40;
  private static final int E_SHENTSIZE = 58;
  private static final int E_SHNUM = 60;
  private static final int SH_TYPE = 4;
  private static final int SH_OFFSET = 24;
  private static final int SH_SIZE = 32;

  private ElfLayout() {}

  /** Whether nothing lies outside; a file that is too short for its header does not fit either. */
  static boolean fits(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = read(channel, 0, HEADER);
      int count = Short.toUnsignedInt(header.getShort(E_SHNUM));
      if (Short.toUnsignedInt(header.getShort(E_SHENTSIZE)) != SECTION_HEADER) {
        return false;
      }
      ByteBuffer table = read(channel, header.getLong(E_SHOFF), count * SECTION_HEADER);
      for (int i = 0; i < count; i++) {
        if (!fits(table, i * SECTION_HEADER, channel.size())) {
          return false;
        }
      }
      return true;
    } catch (EOFException e) {
      return false;
    }
  }

  private static boolean fits(ByteBuffer table, int at, long fileSize) {
    int type = table.getInt(at + SH_TYPE);
    if (type == ElfSectionHeader.SHT_NOBITS || type == ElfSectionHeader.SHT_NULL) {
      return true;
    }
    long offset = table.getLong(at + SH_OFFSET);
    long size = table.getLong(at + SH_SIZE);
    return offset >= 0 && size >= 0 && offset <= fileSize && size <= fileSize - offset;
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    if (offset < 0 || offset > channel.size() - length) {
      throw new EOFException();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    while (count >= 0 && bytes.hasRemaining()) {
      count = channel.read(bytes, offset + bytes.position());
    }
    if (bytes.hasRemaining()) {
      throw new EOFException();
    }
    return bytes;
  }
}
