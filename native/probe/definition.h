/* What an extension module declares. */
#ifndef CLUTCH_PROBE_DEFINITION_H
#define CLUTCH_PROBE_DEFINITION_H

#include "py_compat.h"

#include <stdbool.h>

typedef struct probe_definition {
  bool multi_phase;
  int multiple_interpreters; /* -1: it has no such slot */
  int gil;                   /* likewise */
  Py_ssize_t state_size;
} probe_definition;

/* Of a module that was created, though maybe not executed yet. False if it cannot be told: then it
   was not made of a PyModuleDef. */
bool probe_read_definition(PyObject *module, probe_definition *to);

#endif
