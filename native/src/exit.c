#include "exit.h"

/* Flushes what sys.stdout or sys.stderr is now, which may be an object of the program's. */
static void flush_stream(const char *name) {
  PyObject *stream = PySys_GetObject(name);
  PyObject *done = NULL;
  if (stream != NULL && stream != Py_None) {
    Py_INCREF(stream);
    done = PyObject_CallMethod(stream, "flush", NULL);
    Py_DECREF(stream);
  }
  Py_XDECREF(done);
  PyErr_Clear();
}

void clutch_run_exit_functions(void) {
  PyObject *atexit = PyImport_ImportModule("atexit");
  PyObject *done = atexit == NULL ? NULL : PyObject_CallMethod(atexit, "_run_exitfuncs", NULL);
  if (done == NULL) {
    PyErr_WriteUnraisable(atexit);
  }
  Py_XDECREF(done);
  Py_XDECREF(atexit);
  flush_stream("stdout");
  flush_stream("stderr");
}
