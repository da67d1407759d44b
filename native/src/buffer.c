#include "buffer.h"

#include "callback.h"
#include "module.h"
#include "reference.h"

#include <string.h>

/* -- clutch.JavaBuffer ------------------------------------------------------------------------- */

typedef struct java_buffer {
  PyObject_HEAD
  uint64_t handle;
  void *memory;
  Py_ssize_t length;
  bool readonly;
} java_buffer;

static int java_buffer_get(PyObject *self, Py_buffer *view, int flags) {
  java_buffer *buffer = (java_buffer *)self;
  return PyBuffer_FillInfo(view, self, buffer->memory, buffer->length, buffer->readonly, flags);
}

static void java_buffer_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  clutch_callback_release(((java_buffer *)self)->handle);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyType_Slot java_buffer_slots[] = {
    {Py_tp_doc, "The memory of a direct java.nio.ByteBuffer."},
    {Py_bf_getbuffer, java_buffer_get},
    {Py_tp_dealloc, java_buffer_dealloc},
    {0, NULL},
};

static PyType_Spec java_buffer_spec = {
    .name = "clutch.JavaBuffer",
    .basicsize = sizeof(java_buffer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = java_buffer_slots,
};

typedef struct __attribute__((packed)) memory_description {
  uint64_t handle;
  uint64_t address;
  uint64_t length;
  uint8_t readonly;
} memory_description;

PyObject *clutch_decode_java_buffer(clutch_reader *reader) {
  memory_description from;
  if ((size_t)(reader->end - reader->next) < sizeof from) {
    PyErr_SetString(PyExc_ValueError, "malformed value");
    return NULL;
  }
  memcpy(&from, reader->next, sizeof from);
  reader->next += sizeof from;
  PyTypeObject *type =
      (PyTypeObject *)clutch_module_state_of(reader->interpreter)->java_buffer_type;
  java_buffer *buffer = (java_buffer *)type->tp_alloc(type, 0);
  if (buffer == NULL) {
    return NULL;
  }
  clutch_callback_retain(from.handle);
  buffer->handle = from.handle;
  buffer->memory = (void *)(uintptr_t)from.address;
  buffer->length = (Py_ssize_t)from.length;
  buffer->readonly = from.readonly;
  PyObject *view = PyMemoryView_FromObject((PyObject *)buffer);
  Py_DECREF(buffer);
  return view;
}

/* -- clutch.Export ----------------------------------------------------------------------------- */

typedef struct export {
  PyObject_HEAD
  Py_buffer view;
}
export;

static void export_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyBuffer_Release(&((export *)self)->view);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyType_Slot export_slots[] = {
    {Py_tp_doc, "Memory of a Python object that Java has a ByteBuffer of."},
    {Py_tp_dealloc, export_dealloc},
    {0, NULL},
};

static PyType_Spec export_spec = {
    .name = "clutch.Export",
    .basicsize = sizeof(export),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = export_slots,
};

static PyObject *new_export(clutch_interpreter *interpreter, PyObject *view) {
  PyTypeObject *type = (PyTypeObject *)clutch_module_state_of(interpreter)->export_type;
  PyObject *made = type->tp_alloc(type, 0);
  if (made == NULL) {
    return NULL;
  }
  int flags = PyMemoryView_GET_BUFFER(view)->readonly ? PyBUF_SIMPLE : PyBUF_WRITABLE;
  if (PyObject_GetBuffer(view, &((export *)made)->view, flags) != 0) {
    Py_CLEAR(made);
  }
  return made;
}

static int write_memory(clutch_writer *writer, uint64_t handle, const Py_buffer *view) {
  memory_description to = {handle, (uint64_t)(uintptr_t)view->buf, (uint64_t)view->len,
                           (uint8_t)view->readonly};
  unsigned char *room = clutch_writer_grow(writer, 1 + sizeof to);
  if (room == NULL) {
    return -1;
  }
  room[0] = 'm';
  memcpy(room + 1, &to, sizeof to);
  return 0;
}

static int too_long(Py_ssize_t length) {
  PyErr_Format(PyExc_OverflowError,
               "a memoryview of %zd bytes cannot become a ByteBuffer: the limit is 2 GiB; slice it",
               length);
  return -1;
}

int clutch_encode_memoryview(clutch_writer *writer, PyObject *view) {
  const Py_buffer *info = PyMemoryView_GET_BUFFER(view);
  if (!PyBuffer_IsContiguous(info, 'C')) {
    return clutch_encode_reference(writer, view);
  }
  if (info->len > INT32_MAX) {
    return too_long(info->len);
  }
  PyObject *made = new_export(writer->interpreter, view);
  if (made == NULL) {
    return -1;
  }
  uint64_t handle = clutch_reference_new(writer->interpreter, made);
  Py_DECREF(made);
  if (handle == 0 || clutch_writer_keep(writer, CLUTCH_KEPT_REFERENCE, handle) != 0) {
    return -1;
  }
  return write_memory(writer, handle, &((export *)made)->view);
}

bool clutch_is_export(clutch_interpreter *interpreter, PyObject *object) {
  return Py_IS_TYPE(object, (PyTypeObject *)clutch_module_state_of(interpreter)->export_type);
}

/* -- adding them ------------------------------------------------------------------------------- */

int clutch_buffer_add_types(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->java_buffer_type = PyType_FromModuleAndSpec(module, &java_buffer_spec, NULL);
  state->export_type = PyType_FromModuleAndSpec(module, &export_spec, NULL);
  return state->java_buffer_type == NULL || state->export_type == NULL ? -1 : 0;
}
