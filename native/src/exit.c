#include "exit.h"

#include <string.h>

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

void clutch_run_threading_exit_functions(clutch_interpreter *interpreter) {
  PyObject *done = PyObject_CallMethod(interpreter->module, "_run_threading_exit_functions", NULL);
  if (done == NULL) {
    PyErr_WriteUnraisable(NULL);
  }
  Py_XDECREF(done);
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

/* The audit event of every way to start a thread. */
static bool starts_thread(const char *event) {
  return strcmp(event, "_thread.start_new_thread") == 0 ||
         strcmp(event, "_thread.start_joinable_thread") == 0;
}

/* `self` is a capsule with the interpreter. */
static PyObject *audit(PyObject *self, PyObject *args) {
  clutch_interpreter *interpreter = PyCapsule_GetPointer(self, NULL);
  const char *event = NULL;
  PyObject *details = NULL;
  if (interpreter == NULL || !PyArg_ParseTuple(args, "sO", &event, &details)) {
    return NULL;
  }
  if (interpreter->ending && starts_thread(event)) {
    PyErr_SetString(PyExc_RuntimeError, "can't create new thread at interpreter shutdown");
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyMethodDef audit_method = {"clutch_audit", audit, METH_VARARGS, NULL};

static int add_audit_hook(clutch_interpreter *interpreter) {
  PyObject *self = PyCapsule_New(interpreter, NULL, NULL);
  PyObject *hook = self == NULL ? NULL : PyCFunction_New(&audit_method, self);
  PyObject *add = PySys_GetObject("addaudithook");
  PyObject *done = hook == NULL || add == NULL ? NULL : PyObject_CallOneArg(add, hook);
  Py_XDECREF(done);
  Py_XDECREF(hook);
  Py_XDECREF(self);
  return done == NULL ? -1 : 0;
}

int clutch_refuse_new_threads(clutch_interpreter *interpreter) {
  interpreter->ending = true;
  if (!interpreter->watches_threads && add_audit_hook(interpreter) != 0) {
    interpreter->ending = false;
    return -1;
  }
  interpreter->watches_threads = true; /* hooks cannot be removed, so one is enough */
  return 0;
}
