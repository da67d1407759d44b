/* The Python module `clutch`, built into every interpreter. */
#ifndef CLUTCH_MODULE_H
#define CLUTCH_MODULE_H

#include "interpreter.h"

typedef struct clutch_module_state {
  clutch_interpreter *interpreter; /* NULL in an interpreter that Clutch did not make */
  PyObject *java_exception;
  PyObject *not_shareable_error;
  PyObject *interrupted;
  PyObject *access_denied;
  PyObject *import_denied;
  PyObject *java_object_type;
  PyObject *java_buffer_type;
  PyObject *export_type;
  PyObject *queue_type;
  PyObject *send_end_type;
  PyObject *receive_end_type;
  PyObject *shared_buffer_type;
  PyObject *end; /* stands for the end of an iteration */

  /* from clutch.py */
  PyObject *takers_apart; /* a dict: by exact type, the function that takes its values apart */
  PyObject *unlearned;    /* a set: modules whose types are not in it yet */
  PyObject *learn;
  PyObject *put_together;
  PyObject *new_array;
  PyObject *structure;
  PyObject *checkpoint; /* does nothing, where exceptions that were sent are raised */
  PyObject *pickle;
  PyObject *unpickle;
  PyObject *take_memory_apart;
  PyObject *new_memory;
  PyObject *receive_async;
  PyObject *next_async;

  PyObject *refusal;  /* import_guard.h: makes the error, or NULL */
  PyObject *verdicts; /* import_guard.h: whom to ask about extension files, or NULL */
} clutch_module_state;

PyMODINIT_FUNC PyInit_clutch(void);

/* Imports the module, ties it to the interpreter, and points sys.stdout and sys.stderr at it. */
int clutch_module_install(clutch_interpreter *interpreter);

/* NULL with an exception set in an interpreter that Clutch did not make. */
clutch_interpreter *clutch_interpreter_of_module(PyObject *module);

clutch_module_state *clutch_module_state_of(const clutch_interpreter *interpreter);

/* Py_EndInterpreter may run code when the module was let go of: -1 with an exception set then. */
int clutch_module_refuse_when_gone(clutch_interpreter *interpreter);

/* The function of clutch.py that takes such a value apart for its way to Java: borrowed, or NULL,
   with an exception only if one was raised. */
PyObject *clutch_module_taker_apart(clutch_interpreter *interpreter, PyObject *value);

#endif
