#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, under -std=c11 too */

#include "arena.h"

#include "large_block.h"
#include "leftover.h"

#include <sys/mman.h>

/* In front of each. The allocator rounds up to its pools, and expects no alignment. */
typedef struct clutch_arena {
  struct clutch_arena *next;
  struct clutch_arena **link; /* what points to it */
  clutch_interpreter *owner;  /* NULL if it has none, or that is gone */
  size_t size;
  bool stays; /* after the end of its interpreter */
  uint64_t padding[3];
} arena;

#define PAGE 4096

static size_t mapped_size(size_t size) {
  return (size + sizeof(arena) + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* -- the list of an interpreter's -------------------------------------------------------------- */

static void insert(arena *made, clutch_interpreter *owner) {
  clutch_account *account = &owner->account;
  pthread_mutex_lock(&owner->lock);
  made->owner = owner;
  made->next = account->first_arena;
  made->link = &account->first_arena;
  if (made->next != NULL) {
    made->next->link = &made->next;
  }
  account->first_arena = made;
  pthread_mutex_unlock(&owner->lock);
}

static void take_out(arena *gone) {
  pthread_mutex_lock(&gone->owner->lock);
  *gone->link = gone->next;
  if (gone->next != NULL) {
    gone->next->link = gone->link;
  }
  pthread_mutex_unlock(&gone->owner->lock);
}

/* Whether the calling thread holds the owner's GIL does not matter here: it is rare enough. */
static void count(clutch_interpreter *owner, int64_t bytes) {
  clutch_account *account = &owner->account;
  atomic_fetch_add(&account->arena_bytes, bytes);
  atomic_fetch_add(&account->arenas, bytes > 0 ? 1 : -1);
  clutch_account_add(account, bytes, 0, false);
}

/* -- the hook ---------------------------------------------------------------------------------- */

/* Those that use the main interpreter's object allocator fill its arenas. */
static clutch_interpreter *owner_of_arenas(void) {
  clutch_interpreter *attached = clutch_account_owner();
  return attached != NULL && attached->uses_main_obmalloc ? clutch_interpreter_slot(0) : attached;
}

static void *allocate(void *context, size_t size) {
  (void)context;
  clutch_interpreter *owner = owner_of_arenas();
  if (owner != NULL && !clutch_account_admits_arena(&owner->account, size)) {
    return NULL;
  }
  arena *made =
      mmap(NULL, mapped_size(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) {
    return NULL;
  }
  made->size = size;
  made->owner = NULL; /* the rest is zero */
  if (owner != NULL) {
    insert(made, owner);
    count(owner, (int64_t)size);
    clutch_large_blocks_note_arena(&owner->account, size);
  }
  return made + 1;
}

static void unmap(arena *gone) { munmap(gone, mapped_size(gone->size)); }

static void release(void *context, void *memory, size_t size) {
  (void)context;
  if (memory == NULL) {
    return; /* 3.14 gives back also those that it never had */
  }
  arena *gone = (arena *)memory - 1;
  if (gone->owner != NULL) {
    take_out(gone);
    count(gone->owner, -(int64_t)size);
  } else if (gone->link != NULL) {
    clutch_account_keep(-(int64_t)size);
  }
  unmap(gone);
}

void clutch_arenas_hook(void) {
  PyObjectArenaAllocator hook = {NULL, allocate, release};
  PyObject_SetArenaAllocator(&hook);
}

/* -- the end ----------------------------------------------------------------------------------- */

/* CPython frees what an interpreter has, and then nobody uses its memory any more, but for code
   that keeps objects in static variables. 3.12 does: the names of a function's parameters are a
   tuple in the interpreter that first called the function (gh-119213). The arena of such
   an object stays; if it is a tuple, also the arenas of its items, if it is anything else, all
   arenas. */

static arena *find(const clutch_interpreter *slot, uintptr_t address) {
  arena *each = slot->account.first_arena;
  while (each != NULL && address - (uintptr_t)each >= mapped_size(each->size)) {
    each = each->next;
  }
  return each;
}

static void keep_all(const clutch_interpreter *slot) {
  for (arena *each = slot->account.first_arena; each != NULL; each = each->next) {
    each->stays = true;
  }
}

static bool is_tuple(const arena *of, uintptr_t address) {
  const PyTupleObject *object = (const PyTupleObject *)address;
  uintptr_t end = (uintptr_t)of + mapped_size(of->size);
  return address % sizeof(void *) == 0 && end - address >= sizeof *object &&
         Py_IS_TYPE((PyObject *)object, &PyTuple_Type) && Py_SIZE(object) >= 0 &&
         (size_t)Py_SIZE(object) <= (end - address) / sizeof(PyObject *);
}

static void keep_items(const clutch_interpreter *slot, const PyTupleObject *tuple) {
  for (Py_ssize_t i = 0; i < Py_SIZE(tuple); i++) {
    arena *of = find(slot, (uintptr_t)tuple->ob_item[i]);
    if (of != NULL) {
      of->stays = true;
    }
  }
}

static void keep(void *argument, uintptr_t address) {
  const clutch_interpreter *slot = argument;
  arena *of = find(slot, address);
  if (of == NULL) {
    return;
  }
  of->stays = true;
  if (is_tuple(of, address)) {
    keep_items(slot, (const PyTupleObject *)address);
  } else {
    keep_all(slot);
  }
}

static void find_leftovers(clutch_interpreter *slot) {
  clutch_leftovers wanted = {UINTPTR_MAX, 0, keep, slot};
  for (arena *each = slot->account.first_arena; each != NULL; each = each->next) {
    uintptr_t start = (uintptr_t)each;
    uintptr_t end = start + mapped_size(each->size);
    wanted.low = start < wanted.low ? start : wanted.low;
    wanted.high = end > wanted.high ? end : wanted.high;
  }
  clutch_find_leftovers(&wanted);
}

static void free_or_keep(arena *of) {
  if (of->stays) {
    of->owner = NULL;
  } else {
    release(NULL, of + 1, of->size);
  }
}

void clutch_arenas_close(clutch_interpreter *slot) {
  if (slot->account.keeps_exports) {
    keep_all(slot);
  } else if (slot->account.first_arena != NULL) {
    find_leftovers(slot);
  }
  for (arena *each = slot->account.first_arena, *next; each != NULL; each = next) {
    next = each->next;
    free_or_keep(each);
  }
}
