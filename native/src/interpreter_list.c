#include "interpreter_list.h"

/* Python code makes interpreters too, and nothing in the C API lists them safely: the list may
   change while it is walked. Looking an id up is safe. Ids count up and are never used twice, so a
   look beyond the highest known one finds those made since. */
#define LOOK_AHEAD 256

static _Atomic int64_t highest_id;
static int64_t lowest_id = 1; /* but for the main one, none below it is alive; guarded by the GIL */

void clutch_note_interpreter(int64_t id) {
  int64_t known = atomic_load(&highest_id);
  while (known < id && !atomic_compare_exchange_weak(&highest_id, &known, id)) {
  }
}

static bool exists(int64_t id) {
  bool found = _PyInterpreterState_LookUpID(id) != NULL;
  PyErr_Clear();
  return found;
}

static void find_highest(void) {
  for (int64_t id = highest_id + 1; id <= highest_id + LOOK_AHEAD; id++) {
    if (exists(id)) {
      clutch_note_interpreter(id);
    }
  }
}

static void find_lowest(void) {
  while (lowest_id <= highest_id && !exists(lowest_id)) {
    lowest_id++;
  }
}

static int append(PyObject *ids, int64_t id) {
  PyObject *item = PyLong_FromLongLong(id);
  int done = item == NULL ? -1 : PyList_Append(ids, item);
  Py_XDECREF(item);
  return done;
}

PyObject *clutch_list_interpreters(clutch_request *of) {
  find_highest();
  find_lowest();
  PyObject *ids = PyList_New(0);
  int done = ids == NULL ? -1 : append(ids, of->interpreter->id);
  for (int64_t id = lowest_id; done == 0 && id <= highest_id; id++) {
    done = exists(id) ? append(ids, id) : 0;
  }
  if (done != 0) {
    Py_CLEAR(ids);
  }
  return ids;
}
