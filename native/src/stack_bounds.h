/* CPython 3.14 bounds recursion by addresses: when a thread state is first attached it asks the C
   library where the thread's stack is. That one is Java's, while Python runs on a private one. */
#ifndef CLUTCH_STACK_BOUNDS_H
#define CLUTCH_STACK_BOUNDS_H

#include <stdbool.h>

/* Has CPython told of the private stack when it asks on one, whoever makes the thread state. To be
   called once, before CPython starts. A thread state must then always be attached on the stack that
   it was first attached on. Returns false when CPython asks but cannot be told. One that does not
   ask needs no telling: it counts calls, or takes the stack pointer of the first attach for the top
   of the stack. */
bool clutch_stack_bounds_install(void);

#endif
