package dev.clutch.checker.extension;

import java.util.Locale;
import net.fornwall.jelf.ElfFile;

/**
 * A kind of processor.
 *
 * @param pythonName as in the names of extension modules, such as {@code x86_64}
 * @param code {@code e_machine} in an ELF header
 */
public record Machine(String pythonName, int code) {
  private static final Machine X86_64 = new Machine("x86_64", ElfFile.ARCH_X86_64);
  private static final Machine AARCH64 = new Machine("aarch64", ElfFile.ARCH_AARCH64);

  /** The one that this process runs on. */
  public static Machine here() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return name.equals("aarch64") || name.equals("arm64") ? AARCH64 : X86_64;
  }

  /** The name of an ELF header's machine, or its number if it is a rare one. */
  static String name(int code) {
    return switch (code) {
      case ElfFile.ARCH_X86_64 -> X86_64.pythonName;
      case ElfFile.ARCH_AARCH64 -> AARCH64.pythonName;
      case ElfFile.ARCH_i386 -> "i386";
      case ElfFile.ARCH_ARM -> "arm";
      case ElfFile.ARCH_PPC64 -> "ppc64";
      case ElfFile.ARCH_RISCV -> "riscv";
      case ElfFile.ARCH_S390 -> "s390";
      default -> "machine " + code;
    };
  }
}
