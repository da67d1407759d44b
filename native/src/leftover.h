/* Pointers that the static variables of CPython and of extension modules keep to the memory of an
   interpreter that has ended. */
#ifndef CLUTCH_LEFTOVER_H
#define CLUTCH_LEFTOVER_H

#include <stdint.h>

typedef struct clutch_leftovers {
  uintptr_t low; /* what is pointed to */
  uintptr_t high;
  void (*found)(void *argument, uintptr_t pointer);
  void *argument;
} clutch_leftovers;

/* Whatever looks like such a pointer counts as one. */
void clutch_find_leftovers(const clutch_leftovers *wanted);

#endif
