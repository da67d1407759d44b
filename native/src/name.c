#include "name.h"

PyObject *clutch_name_error(PyObject *name) {
  PyErr_Format(PyExc_NameError, "name '%U' is not defined in __main__", name);
  return NULL;
}

/* A name as code in __main__ would see it: a global, else a builtin. */
static PyObject *look_up(clutch_interpreter *interpreter, PyObject *name) {
  PyObject *found = PyDict_GetItemWithError(interpreter->globals, name);
  if (found == NULL && !PyErr_Occurred()) {
    found = PyDict_GetItemWithError(PyEval_GetBuiltins(), name);
  }
  if (found == NULL && !PyErr_Occurred()) {
    return clutch_name_error(name);
  }
  return Py_XNewRef(found);
}

/* The attributes of a dotted name, one after the other; takes over the reference to `object`. */
static PyObject *follow(PyObject *object, PyObject *names, Py_ssize_t from) {
  for (Py_ssize_t i = from; object != NULL && i < PyList_GET_SIZE(names); i++) {
    Py_SETREF(object, PyObject_GetAttr(object, PyList_GET_ITEM(names, i)));
  }
  return object;
}

static PyObject *split(PyObject *text, const char *separator, Py_ssize_t most) {
  PyObject *at = PyUnicode_FromString(separator);
  PyObject *parts = at == NULL ? NULL : PyUnicode_Split(text, at, most);
  Py_XDECREF(at);
  return parts;
}

PyObject *clutch_resolve(clutch_interpreter *interpreter, PyObject *name) {
  PyObject *halves = split(name, ":", 1);
  if (halves == NULL) {
    return NULL;
  }
  bool has_module = PyList_GET_SIZE(halves) == 2;
  PyObject *names = split(PyList_GET_ITEM(halves, has_module ? 1 : 0), ".", -1);
  PyObject *found = NULL;
  if (names != NULL && has_module) {
    found = follow(PyImport_Import(PyList_GET_ITEM(halves, 0)), names, 0);
  } else if (names != NULL) {
    found = follow(look_up(interpreter, PyList_GET_ITEM(names, 0)), names, 1);
  }
  Py_XDECREF(names);
  Py_DECREF(halves);
  return found;
}
