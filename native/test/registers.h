/* Assembly for stack_test.c, one file per architecture. */
#ifndef CLUTCH_REGISTERS_H
#define CLUTCH_REGISTERS_H

#include "stack.h"

/* Fills every callee-saved register with a pattern, passes its arguments to clutch_stack_switch,
   and returns how many registers that changed. (The functions in stack.c would hide some, because
   they save the registers they use themselves.) */
int registers_changed(void *sp, clutch_stack_fn fn, void *arg, void **saved);

#endif
