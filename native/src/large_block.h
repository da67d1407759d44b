/* The memory that CPython asks the C library for: PYMEM_DOMAIN_RAW. */
#ifndef CLUTCH_LARGE_BLOCK_H
#define CLUTCH_LARGE_BLOCK_H

#include "interpreter.h"

/* False if CPython would take the hook out again: then large blocks are not counted. */
bool clutch_large_blocks_hook(void);

/* CPython 3.12 and 3.13 never free what the object allocator of an interpreter has for itself: the
   array of its arenas, and the nodes of the tree that tells which addresses are in one. These come
   just before, and just after, an arena. */
void clutch_large_blocks_note_arena(clutch_account *account, size_t size);
void clutch_large_blocks_of_obmalloc_free(clutch_account *account);

#endif
