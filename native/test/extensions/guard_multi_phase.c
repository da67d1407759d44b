/* Works in every interpreter, and says so. */
#include <Python.h>

PyMODINIT_FUNC PyInit_guard_multi_phase(void) {
  static PyModuleDef_Slot slots[] = {
      {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
      {0, NULL},
  };
  static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "guard_multi_phase",
                                   .m_slots = slots};
  return PyModuleDef_Init(&definition);
}
