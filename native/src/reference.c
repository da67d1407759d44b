#include "reference.h"

#include "buffer.h"

#include <string.h>

#define NONE UINT32_MAX

typedef struct entry {
  PyObject *object; /* NULL when free */
  uint32_t generation;
  uint32_t next_free;
} entry;

struct clutch_references {
  entry *entries;
  uint32_t capacity;
  uint32_t first_free;
};

/* Handles that garbage-collected Java objects had; guarded by the interpreter's lock. */
struct clutch_dropped {
  uint64_t *handles;
  size_t count;
  size_t capacity;
};

/* -- the table --------------------------------------------------------------------------------- */

static int grow(clutch_references *table) {
  uint32_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
  entry *entries = capacity > (1u << 31)
                       ? NULL
                       : realloc(table->entries, (size_t)capacity * sizeof *table->entries);
  if (entries == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  for (uint32_t i = table->capacity; i < capacity; i++) {
    entries[i] = (entry){NULL, 1, i + 1 < capacity ? i + 1 : NONE};
  }
  table->first_free = table->capacity;
  table->entries = entries;
  table->capacity = capacity;
  return 0;
}

static clutch_references *table_of(clutch_interpreter *interpreter) {
  if (interpreter->references == NULL) {
    interpreter->references = calloc(1, sizeof *interpreter->references);
    if (interpreter->references == NULL) {
      PyErr_NoMemory();
      return NULL;
    }
    interpreter->references->first_free = NONE;
  }
  return interpreter->references;
}

static entry *find(clutch_interpreter *interpreter, uint64_t handle) {
  clutch_references *table = interpreter->references;
  uint32_t index = (uint32_t)handle;
  if (table == NULL || index >= table->capacity) {
    return NULL;
  }
  entry *found = &table->entries[index];
  return found->object != NULL && found->generation == handle >> 32 ? found : NULL;
}

uint64_t clutch_reference_new(clutch_interpreter *interpreter, PyObject *object) {
  clutch_references *table = table_of(interpreter);
  if (table == NULL || (table->first_free == NONE && grow(table) != 0)) {
    return 0;
  }
  uint32_t index = table->first_free;
  entry *taken = &table->entries[index];
  table->first_free = taken->next_free;
  taken->object = Py_NewRef(object);
  return (uint64_t)taken->generation << 32 | index;
}

PyObject *clutch_reference_get(clutch_interpreter *interpreter, uint64_t handle) {
  entry *found = find(interpreter, handle);
  if (found == NULL) {
    PyErr_SetString(PyExc_ReferenceError, "the Java object that held this Python object is closed");
    return NULL;
  }
  return found->object;
}

/* The object goes last: its destructor may run Python code that comes here again. */
void clutch_reference_release(clutch_interpreter *interpreter, uint64_t handle) {
  entry *found = find(interpreter, handle);
  if (found == NULL) {
    return;
  }
  PyObject *object = found->object;
  found->object = NULL;
  found->generation = found->generation == UINT32_MAX ? 1 : found->generation + 1;
  found->next_free = interpreter->references->first_free;
  interpreter->references->first_free = (uint32_t)handle;
  Py_DECREF(object);
}

/* -- what Java dropped ------------------------------------------------------------------------- */

static bool append(clutch_interpreter *to, uint64_t handle) {
  struct clutch_dropped *list = to->dropped;
  if (list == NULL) {
    list = to->dropped = calloc(1, sizeof *list);
  }
  if (list == NULL) {
    return false;
  }
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
    uint64_t *handles = realloc(list->handles, capacity * sizeof *handles);
    if (handles == NULL) {
      return false;
    }
    list->handles = handles;
    list->capacity = capacity;
  }
  list->handles[list->count++] = handle;
  return true;
}

/* Checked under the lock, so that the handle does not reach the next interpreter of the slot. */
static void drop(clutch_interpreter *slot, jlong interpreter, uint64_t handle) {
  pthread_mutex_lock(&slot->lock);
  if (clutch_interpreter_is_current(slot, interpreter) && append(slot, handle)) {
    atomic_store(&slot->has_dropped, true);
  }
  pthread_mutex_unlock(&slot->lock);
}

static struct clutch_dropped *take_dropped(clutch_interpreter *interpreter) {
  pthread_mutex_lock(&interpreter->lock);
  struct clutch_dropped *taken = interpreter->dropped;
  interpreter->dropped = NULL;
  atomic_store(&interpreter->has_dropped, false);
  pthread_mutex_unlock(&interpreter->lock);
  return taken;
}

static void free_dropped(struct clutch_dropped *list) {
  if (list != NULL) {
    free(list->handles);
    free(list);
  }
}

void clutch_reference_forget_dropped(clutch_interpreter *interpreter) {
  free_dropped(interpreter->dropped);
  interpreter->dropped = NULL;
  atomic_store(&interpreter->has_dropped, false);
}

/* What destructors raise is theirs; an exception of the caller's stays. */
void clutch_reference_release_dropped(clutch_interpreter *interpreter) {
  PyObject *raised = PyErr_GetRaisedException();
  struct clutch_dropped *list = take_dropped(interpreter);
  for (size_t i = 0; list != NULL && i < list->count; i++) {
    clutch_reference_release(interpreter, list->handles[i]);
  }
  free_dropped(list);
  PyErr_SetRaisedException(raised);
}

/* -- the end ----------------------------------------------------------------------------------- */

void clutch_references_free(clutch_interpreter *interpreter) {
  clutch_reference_release_dropped(interpreter);
  clutch_references *table = interpreter->references;
  interpreter->references = NULL;
  for (uint32_t i = 0; table != NULL && i < table->capacity; i++) {
    PyObject *object = table->entries[i].object;
    if (object != NULL && clutch_is_export(interpreter, object)) {
      interpreter->account.keeps_exports = true;
    } else {
      Py_XDECREF(object);
    }
  }
  if (table != NULL) {
    free(table->entries);
    free(table);
  }
}

/* -- registered methods ------------------------------------------------------------------------ */

static void native_drop(JNIEnv *env, jclass class, jlong interpreter, jlong handle) {
  (void)env;
  (void)class;
  clutch_interpreter *slot = clutch_interpreter_slot(interpreter);
  if (slot != NULL) {
    drop(slot, interpreter, (uint64_t)handle);
  }
}

static const JNINativeMethod methods[] = {
    {"drop", "(JJ)V", (void *)native_drop},
};

int clutch_reference_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeReference");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
