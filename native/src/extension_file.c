#define _GNU_SOURCE /* memmem */
#include "extension_file.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More segments, or entries of the dynamic section, than any library has. */
#define MOST_SEGMENTS 256
#define MOST_ENTRIES 512

#define CHUNK 16384

/* Read, not mapped: a mapped file that somebody cuts off is a SIGBUS. */
typedef struct elf_file {
  int descriptor;
  uint64_t size;
  uint16_t segment_count;
  Elf64_Phdr segments[MOST_SEGMENTS];
} elf_file;

typedef struct range {
  uint64_t start;
  uint64_t length;
} range;

/* -- finding the string table ------------------------------------------------------------------ */

static bool lies_in(const elf_file *file, range part) {
  return part.start <= file->size && part.length <= file->size - part.start;
}

static bool read_part(const elf_file *file, range part, void *to) {
  return lies_in(file, part) &&
         pread(file->descriptor, to, part.length, (off_t)part.start) == (ssize_t)part.length;
}

/* Of the kind that 64-bit machines with Linux load, which are little-endian. */
static bool is_loadable(const Elf64_Ehdr *header) {
  return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == ELFCLASS64 &&
         header->e_ident[EI_DATA] == ELFDATA2LSB && header->e_phentsize == sizeof(Elf64_Phdr) &&
         header->e_phnum <= MOST_SEGMENTS;
}

static bool read_segments(elf_file *file) {
  Elf64_Ehdr header;
  if (!read_part(file, (range){0, sizeof header}, &header) || !is_loadable(&header)) {
    return false;
  }
  file->segment_count = header.e_phnum;
  return read_part(file, (range){header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr)},
                   file->segments);
}

static const Elf64_Phdr *find_dynamic(const elf_file *file) {
  for (uint16_t i = 0; i < file->segment_count; i++) {
    if (file->segments[i].p_type == PT_DYNAMIC) {
      return &file->segments[i];
    }
  }
  return NULL;
}

/* From an address in memory to one in the file. */
static bool locate(const elf_file *file, uint64_t address, uint64_t *start) {
  for (uint16_t i = 0; i < file->segment_count; i++) {
    const Elf64_Phdr *each = &file->segments[i];
    if (each->p_type == PT_LOAD && address >= each->p_vaddr &&
        address - each->p_vaddr < each->p_filesz) {
      *start = each->p_offset + (address - each->p_vaddr);
      return true;
    }
  }
  return false;
}

static bool find_strings(const elf_file *file, range *strings) {
  const Elf64_Phdr *dynamic = find_dynamic(file);
  if (dynamic == NULL) {
    return false;
  }
  Elf64_Dyn entries[MOST_ENTRIES];
  uint64_t count = dynamic->p_filesz / sizeof entries[0];
  count = count < MOST_ENTRIES ? count : MOST_ENTRIES;
  if (!read_part(file, (range){dynamic->p_offset, count * sizeof entries[0]}, entries)) {
    return false;
  }
  uint64_t address = 0;
  for (uint64_t i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
    if (entries[i].d_tag == DT_STRTAB) {
      address = entries[i].d_un.d_ptr;
    } else if (entries[i].d_tag == DT_STRSZ) {
      strings->length = entries[i].d_un.d_val;
    }
  }
  return address != 0 && locate(file, address, &strings->start) && lies_in(file, *strings);
}

/* -- looking for names ------------------------------------------------------------------------- */

typedef struct names {
  bool definition; /* PyModuleDef_Init, or PyModExport_* */
  bool init;       /* PyInit_*, or PyInitU_* of a name that is not ASCII */
} names;

static bool contains(const char *bytes, size_t length, const char *name, size_t name_length) {
  return memmem(bytes, length, name, name_length) != NULL;
}

/* A linker may store a name as the end of a longer one. */
static void look_for_names(const char *bytes, size_t length, names *found) {
  static const char definition[] = "PyModuleDef_Init"; /* with the NUL after it */
  found->definition = found->definition || contains(bytes, length, definition, sizeof definition) ||
                      contains(bytes, length, "PyModExport_", 12);
  found->init = found->init || contains(bytes, length, "PyInit_", 7) ||
                contains(bytes, length, "PyInitU_", 8);
}

/* Chunk by chunk, each with the end of the one before, where a name may begin. */
static bool scan(const elf_file *file, range strings, names *found) {
  enum { OVERLAP = 32 };
  char bytes[OVERLAP + CHUNK];
  size_t kept = 0;
  while (strings.length > 0) {
    size_t length = strings.length < CHUNK ? (size_t)strings.length : CHUNK;
    if (!read_part(file, (range){strings.start, length}, bytes + kept)) {
      return false;
    }
    strings.start += length;
    strings.length -= length;
    length += kept;
    look_for_names(bytes, length, found);
    kept = length < OVERLAP ? length : OVERLAP;
    memmove(bytes, bytes + length - kept, kept);
  }
  return true;
}

/* -- the answer -------------------------------------------------------------------------------- */

static clutch_extension_kind kind_of(elf_file *file) {
  struct stat status;
  range strings = {0, 0};
  names found = {false, false};
  if (fstat(file->descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return CLUTCH_EXTENSION_UNREADABLE;
  }
  file->size = (uint64_t)status.st_size;
  if (!read_segments(file) || !find_strings(file, &strings) || !scan(file, strings, &found)) {
    return CLUTCH_EXTENSION_UNREADABLE;
  }
  if (found.definition) {
    return CLUTCH_EXTENSION_MULTI_PHASE;
  }
  return found.init ? CLUTCH_EXTENSION_SINGLE_PHASE : CLUTCH_EXTENSION_WITHOUT_INIT;
}

clutch_extension_kind clutch_extension_file_kind(const char *path) {
  elf_file file = {.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.descriptor < 0) {
    return CLUTCH_EXTENSION_UNREADABLE;
  }
  clutch_extension_kind kind = kind_of(&file);
  close(file.descriptor);
  return kind;
}
