package dev.clutch.checker.extension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/** Reads an extension module's file (ELF) without loading it. */
public final class ExtensionFile {
  private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

  /** {@code sizeof(PyTypeObject)} is 416 in CPython 3.12 to 3.14 on 64-bit machines. */
  private static final int SMALLEST_TYPE = 408;

  private static final int LARGEST_TYPE = 432;

  private final ElfFile elf;
  private final List<ElfSection> sections;

  private ExtensionFile(ElfFile elf) {
    this.elf = elf;
    this.sections = sections(elf);
  }

  /**
   * What the file tells. A file that is damaged, or no ELF file, is one that cannot be loaded.
   *
   * @throws IOException if it cannot be read
   */
  public static StaticFacts read(Path file) throws IOException {
    if (!startsAsElf(file)) {
      return StaticFacts.rejected("it is not an ELF file");
    }
    try {
      ElfFile elf = ElfFile.from(file);
      Optional<String> rejection = rejection(elf);
      if (rejection.isPresent()) {
        return StaticFacts.rejected(rejection.get());
      }
      return ElfLayout.fits(file)
          ? new ExtensionFile(elf).facts()
          : StaticFacts.rejected("it is damaged (a section lies outside of the file)");
    } catch (RuntimeException | OutOfMemoryError e) {
      // The library believes what a file says of itself, sizes of arrays among it.
      return StaticFacts.rejected("it is damaged (" + e + ")");
    }
  }

  private static boolean startsAsElf(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ELF_MAGIC.length), ELF_MAGIC);
    }
  }

  private static Optional<String> rejection(ElfFile elf) {
    if (elf.e_type != ElfFile.ET_DYN) {
      return Optional.of("it is an ELF file, but no shared object");
    }
    int machine = Short.toUnsignedInt(elf.e_machine);
    boolean fits = machine == Machine.here().code() && elf.ei_class == ElfFile.CLASS_64;
    return fits
        ? Optional.empty()
        : Optional.of(
            "it is for "
                + Machine.name(machine)
                + ", and this machine is "
                + Machine.here().pythonName());
  }

  private static List<ElfSection> sections(ElfFile elf) {
    List<ElfSection> sections = new ArrayList<>();
    for (int i = 1; i < Short.toUnsignedInt(elf.e_shnum); i++) {
      sections.add(elf.getSection(i));
    }
    return sections;
  }

  private StaticFacts facts() {
    Set<String> initFunctions = new TreeSet<>();
    Set<String> imports = new TreeSet<>();
    int types = 0;
    for (ElfSymbolTableSection table : elf.sectionsOfType(ElfSymbolTableSection.class)) {
      for (ElfSymbol symbol : table.symbols) {
        String name = symbol.getName();
        if (name == null) {
          continue;
        }
        if (symbol.st_shndx == 0) {
          // A full symbol table says PyType_Ready@VERSION where libpython has versions.
          String plain = name.replaceFirst("@.*", "");
          if (Symbols.isTelling(plain)) {
            imports.add(plain);
          }
        } else if (Symbols.isInitFunction(name)) {
          initFunctions.add(name);
        }
      }
      types = Math.max(types, staticTypes(table));
    }
    return new StaticFacts(
        Optional.empty(),
        initFunctions,
        imports,
        writableData(),
        types,
        Toolkits.recognise(sections));
  }

  private int staticTypes(ElfSymbolTableSection table) {
    int types = 0;
    for (ElfSymbol symbol : table.symbols) {
      boolean sized = symbol.st_size >= SMALLEST_TYPE && symbol.st_size <= LARGEST_TYPE;
      if (sized && symbol.getType() == ElfSymbol.STT_OBJECT && isInVariables(symbol)) {
        types++;
      }
    }
    return types;
  }

  private boolean isInVariables(ElfSymbol symbol) {
    int index = Short.toUnsignedInt(symbol.st_shndx);
    return index > 0 && index <= sections.size() && isVariables(sections.get(index - 1).header);
  }

  /** Not .data.rel.ro and its like, which the dynamic linker makes read-only. */
  private static boolean isVariables(ElfSectionHeader header) {
    return header.getName().equals(".data") || header.getName().equals(".bss");
  }

  private long writableData() {
    return sections.stream()
        .map(section -> section.header)
        .filter(ExtensionFile::isVariables)
        .mapToLong(header -> header.sh_size)
        .sum();
  }
}
