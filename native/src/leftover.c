#define _GNU_SOURCE /* dl_iterate_phdr */

#include "leftover.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "py_compat.h"

typedef struct search {
  const clutch_leftovers *wanted;
  const char *libpython;
  bool reached_libpython;
} search;

/* Other threads write there meanwhile: a word is read at once. */
__attribute__((no_sanitize_address)) static void
search_words(const clutch_leftovers *wanted, const uintptr_t *from, const uintptr_t *to) {
  for (; from < to; from++) {
    uintptr_t word = __atomic_load_n(from, __ATOMIC_RELAXED);
    if (word >= wanted->low && word < wanted->high) {
      wanted->found(wanted->argument, word);
    }
  }
}

/* Extension modules, and the libraries they need, are loaded after libpython. */
static int search_library(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  search *of = argument;
  of->reached_libpython |= strcmp(info->dlpi_name, of->libpython) == 0;
  for (int i = 0; of->reached_libpython && i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0) {
      uintptr_t start = info->dlpi_addr + segment->p_vaddr;
      uintptr_t end = start + segment->p_memsz;
      start = (start + sizeof(void *) - 1) & ~(uintptr_t)(sizeof(void *) - 1);
      search_words(of->wanted, (const uintptr_t *)start,
                   (const uintptr_t *)(end & ~(uintptr_t)(sizeof(void *) - 1)));
    }
  }
  return 0;
}

void clutch_find_leftovers(const clutch_leftovers *wanted) {
  Dl_info libpython;
  if (dladdr((void *)Py_EndInterpreter, &libpython) == 0) {
    libpython.dli_fname = "";
  }
  search of = {wanted, libpython.dli_fname, false};
  dl_iterate_phdr(search_library, &of);
}
