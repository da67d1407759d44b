#include "intercept.h"

#include <limits.h>

typedef PyObject *(*fast_function)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

static PyObject *open_with_dir_fd(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                  PyObject *names);
static PyObject *create_builtin(PyObject *self, PyObject *spec);

enum { OPEN, CREATE_BUILTIN };

static clutch_interception interceptions[] = {
    [OPEN] = {"posix", "open", (PyCFunction)(void (*)(void))open_with_dir_fd, NULL},
    [CREATE_BUILTIN] = {"_imp", "create_builtin", create_builtin, NULL},
};

static _Thread_local int dir_fd_of_open = -1;

int clutch_dir_fd_of_open(void) { return dir_fd_of_open; }

/* -- os.open ----------------------------------------------------------------------------------- */

static PyObject *find_dir_fd(PyObject *const *args, Py_ssize_t count, PyObject *names) {
  for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE(names); i++) {
    if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, i), "dir_fd") == 0) {
      return args[count + i];
    }
  }
  return NULL;
}

/* An object with an __index__ of its own may answer differently when it is asked again: no
   descriptor is as large as what stands for it here. */
static int read_dir_fd(PyObject *given) {
  if (given == NULL || given == Py_None) {
    return -1;
  }
  long dir_fd = PyLong_Check(given) ? PyLong_AsLong(given) : INT_MAX;
  PyErr_Clear();
  return dir_fd > INT_MAX ? INT_MAX : (int)dir_fd;
}

static PyObject *open_with_dir_fd(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                  PyObject *names) {
  int outer = dir_fd_of_open; /* an __fspath__ or an audit hook may open, too */
  dir_fd_of_open = read_dir_fd(find_dir_fd(args, count, names));
  PyObject *opened =
      ((fast_function)(void (*)(void))interceptions[OPEN].theirs)(self, args, count, names);
  dir_fd_of_open = outer;
  return opened;
}

/* -- _imp.create_builtin ----------------------------------------------------------------------- */

/* Raises the event that _imp.create_dynamic raises: who calls it without an import statement would
   raise none. */
static PyObject *create_builtin(PyObject *self, PyObject *spec) {
  PyObject *name = PyObject_GetAttrString(spec, "name");
  int allowed =
      name == NULL ? -1 : PySys_Audit("import", "OOOOO", name, Py_None, Py_None, Py_None, Py_None);
  Py_XDECREF(name);
  return allowed == 0 ? interceptions[CREATE_BUILTIN].theirs(self, spec) : NULL;
}

/* -- putting them in place --------------------------------------------------------------------- */

int clutch_intercept_one(clutch_interception *of) {
  PyObject *module = PyImport_ImportModule(of->module);
  PyObject *function = module == NULL ? NULL : PyObject_GetAttrString(module, of->function);
  Py_XDECREF(module);
  if (function == NULL) {
    return -1;
  }
  if (!PyCFunction_CheckExact(function)) {
    PyErr_Format(PyExc_TypeError, "%s.%s is not CPython's own", of->module, of->function);
    Py_DECREF(function);
    return -1;
  }
  PyMethodDef *definition = ((PyCFunctionObject *)function)->m_ml;
  of->theirs = definition->ml_meth;
  definition->ml_meth = of->ours;
  Py_DECREF(function);
  return 0;
}

int clutch_intercept(void) {
  return clutch_intercept_one(&interceptions[OPEN]) != 0 ||
                 clutch_intercept_one(&interceptions[CREATE_BUILTIN]) != 0
             ? -1
             : 0;
}
