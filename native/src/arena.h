/* The memory that CPython's object allocator gets from us: arenas of 1 MiB for small objects, and
   smaller pieces for the frames of Python functions. */
#ifndef CLUTCH_ARENA_H
#define CLUTCH_ARENA_H

#include "interpreter.h"

void clutch_arenas_hook(void);

/* When an interpreter has ended: frees what is left of its arenas, but for those that somebody may
   still use. */
void clutch_arenas_close(clutch_interpreter *slot);

#endif
