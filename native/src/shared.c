#include "shared.h"

#include "message.h"
#include "module.h"
#include "shared_buffer.h"

#include <string.h>

/* -- counting ---------------------------------------------------------------------------------- */

clutch_shared *clutch_shared_retain(clutch_shared *shared) {
  atomic_fetch_add(&shared->references, 1);
  return shared;
}

/* Queues may contain queues, a million deep: so those that are to be destroyed line up. */
static _Thread_local clutch_shared *unwanted;
static _Thread_local bool destroying;

static void destroy_unwanted(void) {
  destroying = true;
  while (unwanted != NULL) {
    clutch_shared *each = unwanted;
    unwanted = each->next;
    each->destroy(each);
  }
  destroying = false;
}

void clutch_shared_release(clutch_shared *shared) {
  if (atomic_fetch_sub(&shared->references, 1) == 1) {
    shared->next = unwanted;
    unwanted = shared;
    if (!destroying) {
      destroy_unwanted();
    }
  }
}

/* -- in Python --------------------------------------------------------------------------------- */

clutch_shared_object *clutch_shared_object_new(clutch_interpreter *interpreter, PyObject *type,
                                               clutch_shared *shared) {
  clutch_shared_object *made =
      (clutch_shared_object *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
  if (made == NULL) {
    clutch_shared_release(shared);
    return NULL;
  }
  made->shared = shared;
  made->interpreter = interpreter;
  return made;
}

void clutch_shared_dealloc(PyObject *object) {
  PyTypeObject *type = Py_TYPE(object);
  clutch_shared *shared = ((clutch_shared_object *)object)->shared;
  type->tp_free(object);
  Py_DECREF(type);
  if (shared != NULL) {
    clutch_shared_release(shared);
  }
}

bool clutch_is_shared_object(PyObject *object) {
  return Py_TYPE(object)->tp_dealloc == clutch_shared_dealloc;
}

static clutch_shared *shared_of(PyObject *object) {
  return ((clutch_shared_object *)object)->shared;
}

Py_hash_t clutch_shared_hash(PyObject *object) {
  return (Py_hash_t)((uintptr_t)shared_of(object) >> 4);
}

PyObject *clutch_shared_compare(PyObject *object, PyObject *other, int operation) {
  if (!clutch_is_shared_object(other) || (operation != Py_EQ && operation != Py_NE)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  bool same = Py_IS_TYPE(other, Py_TYPE(object)) && shared_of(object) == shared_of(other);
  return PyBool_FromLong(same == (operation == Py_EQ));
}

clutch_interpreter *clutch_interpreter_of_type(PyTypeObject *type) {
  clutch_module_state *state = PyType_GetModuleState(type);
  if (state->interpreter == NULL) {
    PyErr_Format(PyExc_RuntimeError, "%s needs an interpreter that Clutch made", type->tp_name);
  }
  return state->interpreter;
}

/* -- crossing ---------------------------------------------------------------------------------- */

/* In a message, its number among the attachments; else its address. */
static uint64_t position_of(clutch_writer *writer, clutch_shared *shared) {
  return writer->message ? writer->kept_count : (uint64_t)(uintptr_t)shared;
}

int clutch_write_shared(clutch_writer *writer, clutch_shared *shared) {
  clutch_shared_retain(shared);
  uint64_t position = position_of(writer, shared);
  if (clutch_writer_keep(writer, CLUTCH_KEPT_SHARED, (uint64_t)(uintptr_t)shared) != 0) {
    return -1;
  }
  unsigned char *to = clutch_writer_grow(writer, 10);
  if (to == NULL) {
    return -1;
  }
  to[0] = 'q';
  to[1] = (unsigned char)shared->kind;
  memcpy(to + 2, &position, 8);
  return 0;
}

int clutch_encode_shared(clutch_writer *writer, PyObject *object) {
  if (clutch_write_shared(writer, shared_of(object)) != 0) {
    return -1;
  }
  return shared_of(object)->kind == CLUTCH_MEMORY ? clutch_shared_buffer_encode(writer, object)
                                                  : clutch_write_tag(writer, 'N');
}

static clutch_shared *find(clutch_reader *reader, uint64_t position) {
  return reader->message == NULL ? (clutch_shared *)(uintptr_t)position
                                 : clutch_message_attachment(reader->message, position);
}

/* NULL for memory, of which more has to be known. */
static PyObject *type_of(clutch_module_state *state, enum clutch_shared_kind kind) {
  switch (kind) {
  case CLUTCH_QUEUE:
    return state->queue_type;
  case CLUTCH_SEND_END:
    return state->send_end_type;
  case CLUTCH_RECEIVE_END:
    return state->receive_end_type;
  default:
    return NULL;
  }
}

static PyObject *new_object(clutch_reader *reader, clutch_shared *shared, PyObject *details) {
  PyObject *type = type_of(clutch_module_state_of(reader->interpreter), shared->kind);
  return type == NULL ? clutch_shared_buffer_decode(reader, shared, details)
                      : (PyObject *)clutch_shared_object_new(reader->interpreter, type,
                                                             clutch_shared_retain(shared));
}

PyObject *clutch_decode_shared(clutch_reader *reader, int depth) {
  uint8_t kind;
  uint64_t position;
  if (clutch_read_u8(reader, &kind) != 0 || clutch_read_u64(reader, &position) != 0) {
    return NULL;
  }
  PyObject *details = clutch_decode_within(reader, depth);
  if (details == NULL) {
    return NULL;
  }
  clutch_shared *shared = find(reader, position);
  if (shared == NULL || shared->kind != (enum clutch_shared_kind)kind) {
    Py_DECREF(details);
    PyErr_SetString(PyExc_ValueError, "malformed value");
    return NULL;
  }
  PyObject *made = new_object(reader, shared, details);
  Py_DECREF(details);
  return made;
}

/* -- natives ----------------------------------------------------------------------------------- */

static void native_retain(JNIEnv *env, jclass class, jlong shared) {
  (void)env;
  (void)class;
  clutch_shared_retain((clutch_shared *)(intptr_t)shared);
}

static void native_release(JNIEnv *env, jclass class, jlong shared) {
  (void)env;
  (void)class;
  clutch_shared_release((clutch_shared *)(intptr_t)shared);
}

static jint native_kind(JNIEnv *env, jclass class, jlong shared) {
  (void)env;
  (void)class;
  return (jint)((clutch_shared *)(intptr_t)shared)->kind;
}

static const JNINativeMethod methods[] = {
    {"retain", "(J)V", (void *)native_retain},
    {"release", "(J)V", (void *)native_release},
    {"kind", "(J)I", (void *)native_kind},
};

int clutch_shared_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeShared");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
