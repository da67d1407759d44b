/* The Python module `clutch`, built into every interpreter. */
#ifndef CLUTCH_MODULE_H
#define CLUTCH_MODULE_H

#include "interpreter.h"

typedef struct clutch_module_state {
  clutch_interpreter *interpreter; /* NULL in an interpreter that Clutch did not make */
  PyObject *java_exception;
  PyObject *not_shareable_error;
  PyObject *interrupted;
  PyObject *java_object_type;
} clutch_module_state;

PyMODINIT_FUNC PyInit_clutch(void);

/* Imports the module, ties it to the interpreter, and points sys.stdout and sys.stderr at it. */
int clutch_module_install(clutch_interpreter *interpreter);

clutch_module_state *clutch_module_state_of(clutch_interpreter *interpreter);

/* A Python object that stands for the Java object behind the handle, and releases it in the end. */
PyObject *clutch_java_object_new(clutch_interpreter *interpreter, uint64_t handle);
uint64_t clutch_java_object_handle(PyObject *object);

#endif
