#include "definition.h"

/* Their numbers are part of the stable ABI, but 3.12 lacks the second name. */
enum { SLOT_MULTIPLE_INTERPRETERS = 3, SLOT_GIL = 4 };

static void read_slots(const PyModuleDef *from, probe_definition *to) {
  for (const PyModuleDef_Slot *slot = from->m_slots; slot != NULL && slot->slot != 0; slot++) {
    if (slot->slot == SLOT_MULTIPLE_INTERPRETERS) {
      to->multiple_interpreters = (int)(intptr_t)slot->value;
    } else if (slot->slot == SLOT_GIL) {
      to->gil = (int)(intptr_t)slot->value;
    }
  }
}

/* A definition without slots can be either. The import system files a single-phase module under its
   definition, for PyState_FindModule, and never one of multi-phase. */
static bool is_multi_phase(PyObject *module, PyModuleDef *from) {
  return from->m_slots != NULL || PyState_FindModule(from) != module;
}

bool probe_read_definition(PyObject *module, probe_definition *to) {
  PyModuleDef *from = PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
  if (from == NULL) {
    PyErr_Clear();
    return false;
  }
  *to = (probe_definition){is_multi_phase(module, from), -1, -1, from->m_size};
  read_slots(from, to);
  return true;
}
