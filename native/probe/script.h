/* probe.py, which does in Python what is easier there, in the interpreter that is attached. */
#ifndef CLUTCH_PROBE_SCRIPT_H
#define CLUTCH_PROBE_SCRIPT_H

#include "py_compat.h"

#include "task.h"

/* A new reference to its globals, NULL with an exception. From then on extension modules that are
   loaded are reported. The first call comes before there is a second thread. */
PyObject *probe_script(const clutch_probe_task *task);

/* 0, or -1 with an exception. */
int probe_import(PyObject *script, const char *module);
int probe_tell_modules(PyObject *script);
int probe_exercise(PyObject *script, const char *file);

/* What Python does with its own threads when it ends: they are asked to end, and joined. */
int probe_finish(PyObject *script);

/* Reports the exception that is set as a finding. `script` may be NULL. */
void probe_report_exception(PyObject *script);

#endif
