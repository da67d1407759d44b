/* Refuses extension modules that cannot work in the interpreter that imports them, before their
   init function runs: where check_multi_interp_extensions is set, which is wherever there is an own
   GIL, also in interpreters that Python code made. CPython looks at what the init function
   returned; by then 3.12 has mixed up objects of two allocators, and 3.13 and 3.14 have ended the
   process if it raised (gh-144601). */
#ifndef CLUTCH_IMPORT_GUARD_H
#define CLUTCH_IMPORT_GUARD_H

#include "interpreter.h"

/* For all interpreters, in the main one. -1 with an exception set. */
int clutch_import_guard_install(void);

/* clutch._require_verdicts(ask): from now on a module must also have a good verdict. ask(file)
   tells what is wrong with it, or None. Once for each interpreter. */
PyObject *clutch_import_guard_require_verdicts(PyObject *module, PyObject *ask);

#endif
