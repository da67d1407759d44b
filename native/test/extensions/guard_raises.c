/* Initialized in a single phase, and not even that: CPython 3.13 and 3.14 end the process when an
   interpreter with its own GIL imports it (cpython #144601). */
#include <Python.h>

PyMODINIT_FUNC PyInit_guard_raises(void) {
  static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "guard_raises", .m_size = -1};
  PyObject *module = PyModule_Create(&definition);
  Py_XDECREF(module);
  PyErr_SetString(PyExc_RuntimeError, "its init function ran");
  return NULL;
}
