/* Python objects by name. */
#ifndef CLUTCH_NAME_H
#define CLUTCH_NAME_H

#include "interpreter.h"

/* The object that "f.g" names in __main__, or "package.module:f.g" in a module, which it imports: a
   new reference, or NULL with an exception set. */
PyObject *clutch_resolve(clutch_interpreter *interpreter, PyObject *name);

/* Raises the NameError for it. */
PyObject *clutch_name_error(PyObject *name);

#endif
