/* Arguments of the functions that Python code calls often. */
#ifndef CLUTCH_ARGUMENTS_H
#define CLUTCH_ARGUMENTS_H

#include "py_compat.h"

/* Puts the arguments of a METH_FASTCALL | METH_KEYWORDS function where their names are; what was
   not given stays as it is. -1 with an exception set. PyArg_Parse would cost as much as the rest of
   a short function. */
int clutch_read_arguments(PyObject *const *args, Py_ssize_t given, PyObject *keywords,
                          const char *const *names, int count, PyObject **values);

#endif
