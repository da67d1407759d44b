/* What memory an interpreter has: the arenas of its object allocator, and the large blocks, which
   CPython asks the C library for (more than 512 bytes, or outside of the object allocator).
   CPython's allocators are hooked (PyMem_SetAllocator, PyObject_SetArenaAllocator), so that each
   piece has an owner, a limit can refuse it, and what CPython 3.12 and 3.13 leave behind when an
   interpreter ends can be freed. Natives of NativeAccount.java. */
#ifndef CLUTCH_ACCOUNT_H
#define CLUTCH_ACCOUNT_H

#include "py_compat.h"

#include <jni.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clutch_interpreter;
struct clutch_arena;

/* A number that grows and shrinks: changed without an atomic instruction by who holds the
   interpreter's GIL, and apart from that by others. */
typedef struct clutch_tally {
  _Atomic int64_t here;
  _Atomic int64_t elsewhere;
} clutch_tally;

/* Where the list of what obmalloc has for itself ends: no interpreter was seen to need more than
   five, which a second would be for 16 GiB further on. */
#define CLUTCH_OBMALLOC_BLOCKS 16

/* Part of a clutch_interpreter. */
typedef struct clutch_account {
  _Atomic int64_t limit; /* 0: none */
  clutch_tally bytes;    /* of arenas and blocks */
  clutch_tally blocks;
  _Atomic int64_t arena_bytes;
  _Atomic int64_t arenas;
  _Atomic int64_t peak;
  _Atomic int64_t refused; /* how many bytes the last one was that the limit refused; or 0 */
  /* Up to here there is nothing to look at, and the reserves are whole. Guarded by the GIL, as what
     follows is. */
  int64_t unconcerned;
  bool in_reserve;
  bool tells_error;
  const struct clutch_thread_state *refused_in; /* when it came into the reserve */
  uint64_t refused_turn;
  bool keeps_exports;    /* Java has ByteBuffers of its memory, which must stay */
  bool made_arena;       /* just now: what obmalloc allocates next is to register it */
  bool registers_arenas; /* obmalloc has its list of them */
  void *last_new_block;  /* made by the last operation, with PyMem_RawRealloc(NULL) */
  void *obmalloc_blocks[CLUTCH_OBMALLOC_BLOCKS]; /* what obmalloc has for itself */
  struct clutch_arena *first_arena;              /* guarded by the interpreter's lock */
} clutch_account;

/* Hooks the allocators; after Py_PreInitialize, before anything else is allocated. */
void clutch_account_setup(void);

/* Whether large blocks are counted too, without which there is no limit. */
bool clutch_account_is_complete(void);

/* The interpreter that this thread is attached to, or makes; NULL for one that Python code made. */
struct clutch_interpreter *clutch_account_owner(void);

/* The same, but NULL while it is being made. With a thread state attached. */
struct clutch_interpreter *clutch_account_attached(void);

/* Until this is called with NULL, what this thread allocates is the new interpreter's, but for what
   it does attached to another. */
void clutch_account_begin_creation(struct clutch_interpreter *slot);

/* From here on the limit holds. False if the interpreter needs more already. */
bool clutch_account_set_limit(struct clutch_interpreter *interpreter, int64_t limit);

/* Whether so much more is within the limit. */
bool clutch_account_admits(clutch_account *account, size_t size);

/* The same, with nothing for arenas from the reserves. */
bool clutch_account_admits_arena(clutch_account *account, size_t size);

/* With the owner's GIL held, or not. */
void clutch_account_add(clutch_account *account, int64_t bytes, int64_t blocks, bool attached);

/* What this thread needs to tell Java of an error may come from the reserves. GIL held. */
void clutch_account_use_reserves(struct clutch_interpreter *interpreter, bool tells_error);

/* The size of what the limit refused since the last call, or 0. */
int64_t clutch_account_take_refused(struct clutch_interpreter *interpreter);

/* After Py_EndInterpreter, with the slot out of use: frees what CPython left, unless somebody may
 * still use it. */
void clutch_account_close(struct clutch_interpreter *slot);

/* Of interpreters that are gone: counts what cannot be freed, or, with a negative number, was freed
   later. */
void clutch_account_keep(int64_t bytes);

int clutch_account_register(JNIEnv *env);

#endif
