#define _GNU_SOURCE 1 /* dl_iterate_phdr */

#include "redirect.h"

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* How a library refers to a function of another: the address is in a word of its own, which the
   linker fills in, and calls go through the word. CALLED is what calls through a PLT use, which may
   be filled in late; LOADED is what code compiled with -fno-plt uses. */
#if defined(__x86_64__)
enum { CALLED = R_X86_64_JUMP_SLOT, LOADED = R_X86_64_GLOB_DAT };
#elif defined(__aarch64__)
enum { CALLED = R_AARCH64_JUMP_SLOT, LOADED = R_AARCH64_GLOB_DAT };
#else
#error "the relocations of this architecture are not known"
#endif

typedef struct dl_phdr_info library;

/* -- reading a loaded library ----------------------------------------------------------------- */

static bool contains(const library *in, uintptr_t address) {
  for (int i = 0; i < in->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &in->dlpi_phdr[i];
    if (segment->p_type == PT_LOAD &&
        address - in->dlpi_addr - segment->p_vaddr < segment->p_memsz) {
      return true;
    }
  }
  return false;
}

static const ElfW(Dyn) * dynamic_section(const library *of) {
  static const ElfW(Dyn) none = {.d_tag = DT_NULL};
  for (int i = 0; i < of->dlpi_phnum; i++) {
    if (of->dlpi_phdr[i].p_type == PT_DYNAMIC) {
      return (const void *)(of->dlpi_addr + of->dlpi_phdr[i].p_vaddr);
    }
  }
  return &none;
}

static uintptr_t value_of(const library *of, ElfW(Sxword) tag) {
  const ElfW(Dyn) *each = dynamic_section(of);
  while (each->d_tag != tag && each->d_tag != DT_NULL) {
    each++;
  }
  return each->d_tag == DT_NULL ? 0 : each->d_un.d_val;
}

/* glibc has added the load address to what the file says; musl leaves it as it is. */
static const void *table(const library *of, ElfW(Sxword) tag) {
  uintptr_t value = value_of(of, tag);
  return (const void *)(value < of->dlpi_addr ? of->dlpi_addr + value : value);
}

static const char *name_of(const library *in, const ElfW(Rela) * reference) {
  const ElfW(Sym) *symbols = table(in, DT_SYMTAB);
  const char *names = table(in, DT_STRTAB);
  return names + symbols[ELF64_R_SYM(reference->r_info)].st_name;
}

static bool is_to(const library *in, const ElfW(Rela) * reference, const char *name) {
  uint32_t type = ELF64_R_TYPE(reference->r_info);
  return (type == CALLED || type == LOADED) && strcmp(name_of(in, reference), name) == 0;
}

/* -- overwriting ------------------------------------------------------------------------------ */

/* Whether the linker made the page read-only when it was done with it. It never does so to a page
   that is RELRO in part. */
static bool is_read_only(const library *in, uintptr_t page, uintptr_t page_size) {
  for (int i = 0; i < in->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &in->dlpi_phdr[i];
    uintptr_t start = in->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_GNU_RELRO && page >= (start & -page_size) &&
        page < ((start + segment->p_memsz) & -page_size)) {
      return true;
    }
  }
  return false;
}

static int overwrite(const library *in, uintptr_t *word, clutch_function to) {
  uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t page = (uintptr_t)word & -page_size;
  bool read_only = is_read_only(in, page, page_size);
  if (read_only && mprotect((void *)page, page_size, PROT_READ | PROT_WRITE) != 0) {
    return -1;
  }
  *word = (uintptr_t)to;
  if (read_only) {
    mprotect((void *)page, page_size, PROT_READ);
  }
  return 0;
}

typedef struct redirection {
  uintptr_t within;
  const char *name;
  clutch_function to;
  int count;
  int error;
} redirection;

static void redirect_all(const library *in, ElfW(Sxword) first, ElfW(Sxword) size,
                         redirection *wanted) {
  const ElfW(Rela) *references = table(in, first);
  size_t count = value_of(in, size) / sizeof *references;
  for (size_t i = 0; i < count && wanted->error == 0; i++) {
    if (!is_to(in, &references[i], wanted->name)) {
      continue;
    }
    if (overwrite(in, (uintptr_t *)(in->dlpi_addr + references[i].r_offset), wanted->to) != 0) {
      wanted->error = errno;
    }
    wanted->count++;
  }
}

static int visit(library *each, size_t size, void *argument) {
  (void)size;
  redirection *wanted = argument;
  if (!contains(each, wanted->within)) {
    return 0;
  }
  redirect_all(each, DT_JMPREL, DT_PLTRELSZ, wanted);
  redirect_all(each, DT_RELA, DT_RELASZ, wanted);
  return 1;
}

int clutch_redirect(clutch_function within, const char *name, clutch_function to) {
  redirection wanted = {.within = (uintptr_t)within, .name = name, .to = to};
  dl_iterate_phdr(visit, &wanted);
  errno = wanted.error;
  return wanted.error == 0 ? wanted.count : -1;
}
