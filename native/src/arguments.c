#include "arguments.h"

/* Names what was given by keyword; -1 with an exception set for one that is unknown or there twice.
 */
static int read_keyword(PyObject *name, PyObject *value, const char *const *names, int count,
                        PyObject **values) {
  for (int i = 0; i < count; i++) {
    if (PyUnicode_CompareWithASCIIString(name, names[i]) == 0 && values[i] == NULL) {
      values[i] = value;
      return 0;
    }
  }
  PyErr_Format(PyExc_TypeError, "unexpected or repeated argument: %U", name);
  return -1;
}

int clutch_read_arguments(PyObject *const *args, Py_ssize_t given, PyObject *keywords,
                          const char *const *names, int count, PyObject **values) {
  if (given > count) {
    PyErr_Format(PyExc_TypeError, "at most %d arguments, but %zd were given", count, given);
    return -1;
  }
  for (Py_ssize_t i = 0; i < given; i++) {
    values[i] = args[i];
  }
  Py_ssize_t named = keywords == NULL ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t i = 0; i < named; i++) {
    PyObject *name = PyTuple_GET_ITEM(keywords, i);
    if (read_keyword(name, args[given + i], names, count, values) != 0) {
      return -1;
    }
  }
  return 0;
}
