#include "large_block.h"

#include "redirect.h"

#include <string.h>

/* In front of each block. */
typedef struct header {
  uint32_t owner; /* its index in the table */
  uint32_t generation;
  uint64_t size; /* with the mark in the upper 16 bits */
} header;

#define NOBODY UINT32_MAX
#define MARK ((uint64_t)0xC17C << 48)
#define MARK_OF_OBMALLOC ((uint64_t)0xC17D << 48)
#define SIZE (((uint64_t)1 << 48) - 1)

/* As CPython set it up. */
static PyMemAllocatorEx inner;

static bool is_of_obmalloc(const header *block) {
  return (block->size & ~SIZE) == MARK_OF_OBMALLOC;
}

/* Memory that CPython got before the hook was there, or that an extension module got from malloc,
   has no header: what stands there, glibc's size of the block, has no such mark. */
__attribute__((no_sanitize_address)) static header *header_of(void *memory) {
  header *block = (header *)memory - 1;
  uint64_t mark = block->size & ~SIZE;
  return mark == MARK || mark == MARK_OF_OBMALLOC ? block : NULL;
}

/* -- owners ------------------------------------------------------------------------------------ */

static void charge(header *block, size_t size, clutch_interpreter *owner) {
  block->owner = owner == NULL ? NOBODY : owner->index;
  block->generation =
      owner == NULL ? 0 : atomic_load_explicit(&owner->generation, memory_order_relaxed);
  block->size = MARK | size;
  if (owner != NULL) {
    clutch_account_add(&owner->account, (int64_t)size, 1, true);
  }
}

/* Of whom the block is, if that is not closed. */
static clutch_interpreter *owner_of(const header *block) {
  clutch_interpreter *slot =
      block->owner == NOBODY ? NULL : clutch_interpreter_slot((jlong)block->owner);
  return slot != NULL &&
                 atomic_load_explicit(&slot->generation, memory_order_relaxed) == block->generation
             ? slot
             : NULL;
}

static void discharge(const header *block, const clutch_interpreter *attached) {
  int64_t size = (int64_t)(block->size & SIZE);
  clutch_interpreter *owner = owner_of(block);
  if (owner != NULL) {
    clutch_account_add(&owner->account, -size, -1, owner == attached);
  } else if (block->owner != NOBODY) {
    clutch_account_keep(-size);
  }
}

/* -- what obmalloc has for itself -------------------------------------------------------------- */

#define ARENA_SIZE (1 << 20)
/* The nodes of its tree. */
#define MIDDLE_NODE (sizeof(void *) << 15)
#define LOWEST_NODE ((size_t)8 << 14)

static void adopt(clutch_account *account, void *memory) {
  for (int i = 0; i < CLUTCH_OBMALLOC_BLOCKS; i++) {
    if (account->obmalloc_blocks[i] == NULL) {
      account->obmalloc_blocks[i] = memory;
      header *block = (header *)memory - 1;
      block->size = MARK_OF_OBMALLOC | (block->size & SIZE);
      return;
    }
  }
}

static void replace(clutch_account *account, const void *memory, void *by) {
  for (int i = 0; i < CLUTCH_OBMALLOC_BLOCKS; i++) {
    if (account->obmalloc_blocks[i] == memory) {
      account->obmalloc_blocks[i] = by;
    }
  }
}

void clutch_large_blocks_note_arena(clutch_account *account, size_t size) {
  if (size != ARENA_SIZE) {
    return;
  }
  if (!account->registers_arenas && account->last_new_block != NULL) {
    adopt(account, account->last_new_block);
  }
  account->registers_arenas = true;
  account->made_arena = true;
  account->last_new_block = NULL;
}

void clutch_large_blocks_of_obmalloc_free(clutch_account *account) {
  for (int i = 0; i < CLUTCH_OBMALLOC_BLOCKS; i++) {
    if (account->obmalloc_blocks[i] != NULL) {
      PyMem_RawFree(account->obmalloc_blocks[i]);
    }
  }
}

/* Tells what comes from what obmalloc does around an arena: nothing else does in between. */
static void note(clutch_interpreter *owner, void *memory, bool is_new, size_t node) {
  if (owner == NULL) {
    return;
  }
  clutch_account *account = &owner->account;
  bool is_node = account->made_arena && (node == MIDDLE_NODE || node == LOWEST_NODE);
  account->made_arena = is_node;
  account->last_new_block = is_new ? memory : NULL;
  if (is_node) {
    adopt(account, memory);
  }
}

/* -- the hook ---------------------------------------------------------------------------------- */

static bool admits(clutch_interpreter *owner, size_t size) {
  return owner == NULL || clutch_account_admits(&owner->account, size);
}

static void *allocate(size_t size, bool zeroed, bool by_realloc) {
  clutch_interpreter *owner = clutch_account_owner();
  if (size > PY_SSIZE_T_MAX - sizeof(header) || !admits(owner, size)) {
    return NULL;
  }
  header *block = zeroed ? inner.calloc(inner.ctx, 1, size + sizeof(header))
                         : inner.malloc(inner.ctx, size + sizeof(header));
  if (block == NULL) {
    return NULL;
  }
  charge(block, size, owner);
  note(owner, block + 1, by_realloc, zeroed ? size : 0);
  return block + 1;
}

static void *raw_malloc(void *context, size_t size) {
  (void)context;
  return allocate(size, false, false);
}

static void *raw_calloc(void *context, size_t count, size_t size) {
  (void)context;
  return allocate(count * size, true, false); /* CPython has looked that it does not overflow */
}

static void *resize(header *block, size_t size) {
  clutch_interpreter *attached = clutch_account_owner();
  size_t before = block->size & SIZE;
  if (size > PY_SSIZE_T_MAX - sizeof(header) ||
      (size > before && !admits(attached, size - before))) {
    return NULL;
  }
  header old = *block;
  header *moved = inner.realloc(inner.ctx, block, size + sizeof(header));
  if (moved == NULL) {
    return NULL;
  }
  discharge(&old, attached);
  charge(moved, size, attached);
  note(attached, moved + 1, false, 0);
  if (is_of_obmalloc(&old)) {
    moved->size = MARK_OF_OBMALLOC | size;
    replace(&attached->account, block + 1, moved + 1);
  }
  return moved + 1;
}

static void *raw_realloc(void *context, void *memory, size_t size) {
  (void)context;
  if (memory == NULL) {
    return allocate(size, false, true);
  }
  header *block = header_of(memory);
  return block == NULL ? inner.realloc(inner.ctx, memory, size) : resize(block, size);
}

static void raw_free(void *context, void *memory) {
  (void)context;
  if (memory == NULL) {
    return;
  }
  header *block = header_of(memory);
  if (block == NULL) {
    inner.free(inner.ctx, memory);
    return;
  }
  clutch_interpreter *attached = clutch_account_owner();
  discharge(block, attached);
  if (is_of_obmalloc(block)) {
    clutch_interpreter *owner = owner_of(block);
    if (owner != NULL) {
      replace(&owner->account, memory, NULL);
    }
  }
  note(attached, NULL, false, 0);
  block->size = 0; /* a second free is the C library's to notice */
  inner.free(inner.ctx, block);
}

/* CPython 3.12 calls it whenever it has made an interpreter, and takes the hook out for the time of
   the call, so that the C library would get the blocks of other interpreters with their headers.
   There is nothing to clear: only functions that Clutch does not call set those names. */
static void clear_standard_stream_encoding(void) {}

/* Builds whose libpython calls its own functions directly cannot be told. */
static bool hook_would_stay(void) {
  return !CLUTCH_CREATION_CHANGES_ALLOCATORS ||
         clutch_redirect((clutch_function)Py_InitializeFromConfig,
                         "_Py_ClearStandardStreamEncoding", clear_standard_stream_encoding) > 0;
}

bool clutch_large_blocks_hook(void) {
  if (!hook_would_stay()) {
    return false;
  }
  PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &inner);
  PyMemAllocatorEx hook = {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free};
  PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &hook);
  return true;
}
