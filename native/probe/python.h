/* CPython in a child: started as Clutch starts it, and interpreters as Clutch makes them. */
#ifndef CLUTCH_PROBE_PYTHON_H
#define CLUTCH_PROBE_PYTHON_H

#include "py_compat.h"

#include "task.h"

#include <stdbool.h>

/* Starts CPython on this thread, which is then its main one, attached to the main interpreter. */
void probe_start_python(const clutch_probe_task *task);

/* Makes one, as InterpreterConfig.isolated() or legacy() in Java has it, and attaches this thread
   to it. */
PyThreadState *probe_make_interpreter(bool own_gil);

/* Ends the one that this thread is attached to, as made by probe_make_interpreter. 0, or -1 with an
   exception if threads of it are left, with which CPython would abort the process. */
int probe_end_interpreter(PyThreadState *state);

#endif
