#include "java_object.h"

#include "callback.h"
#include "module.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

typedef struct java_object {
  PyObject_HEAD
  vectorcallfunc vectorcall;
  uint64_t handle;
  clutch_interpreter *interpreter;
  PyObject *name; /* of its class */
  uint8_t arity;
} java_object;

/* -- calling ----------------------------------------------------------------------------------- */

static int refuse_keywords(java_object *object) {
  PyErr_Format(PyExc_TypeError, "%U takes no keyword arguments; a dev.clutch.JavaCallable does",
               object->name);
  return -1;
}

static int check_signature(java_object *object, Py_ssize_t given, PyObject *keywords) {
  if (object->arity == CLUTCH_ANY_ARITY) {
    return 0;
  }
  if (keywords != NULL && PyTuple_GET_SIZE(keywords) > 0) {
    return refuse_keywords(object);
  }
  if (given == object->arity) {
    return 0;
  }
  PyErr_Format(PyExc_TypeError, "%U takes %d argument%s but %zd %s given", object->name,
               object->arity, object->arity == 1 ? "" : "s", given, given == 1 ? "was" : "were");
  return -1;
}

static PyObject *call(PyObject *self, PyObject *const *args, size_t flags, PyObject *keywords) {
  java_object *object = (java_object *)self;
  Py_ssize_t given = PyVectorcall_NARGS(flags);
  if (check_signature(object, given, keywords) != 0) {
    return NULL;
  }
  return clutch_callback_call(object->interpreter, object->handle, args, (size_t)given, keywords);
}

/* -- the type ---------------------------------------------------------------------------------- */

static PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<Java %U>", ((java_object *)self)->name);
}

static void dealloc(PyObject *self) {
  java_object *object = (java_object *)self;
  PyTypeObject *type = Py_TYPE(self);
  if (object->handle != 0) {
    clutch_callback_release(object->handle);
  }
  Py_XDECREF(object->name);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(java_object, vectorcall), READONLY, NULL},
    {"__name__", T_OBJECT, offsetof(java_object, name), READONLY, "The name of its Java class."},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A Java object, callable if it is a functional interface."},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_repr, repr},
    {Py_tp_members, members},
    {Py_tp_dealloc, dealloc},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "clutch.JavaObject",
    .basicsize = sizeof(java_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = slots,
};

int clutch_java_object_add_type(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->java_object_type = PyType_FromModuleAndSpec(module, &spec, NULL);
  return state->java_object_type == NULL
             ? -1
             : PyModule_AddType(module, (PyTypeObject *)state->java_object_type);
}

/* -- crossing ---------------------------------------------------------------------------------- */

static PyObject *new_object(clutch_interpreter *interpreter, uint64_t handle, uint8_t arity) {
  PyTypeObject *type = (PyTypeObject *)clutch_module_state_of(interpreter)->java_object_type;
  java_object *made = (java_object *)type->tp_alloc(type, 0);
  if (made != NULL) {
    made->vectorcall = call;
    clutch_callback_retain(handle);
    made->handle = handle;
    made->interpreter = interpreter;
    made->arity = arity;
  }
  return (PyObject *)made;
}

PyObject *clutch_decode_java_object(clutch_reader *reader) {
  uint64_t handle;
  uint8_t arity;
  if (clutch_read_u64(reader, &handle) != 0 || clutch_read_u8(reader, &arity) != 0) {
    return NULL;
  }
  java_object *made = (java_object *)new_object(reader->interpreter, handle, arity);
  PyObject *name = made == NULL ? NULL : clutch_decode(reader);
  if (name != NULL && PyUnicode_Check(name)) {
    made->name = name;
    return (PyObject *)made;
  }
  if (name != NULL) {
    PyErr_SetString(PyExc_ValueError, "malformed value");
  }
  Py_XDECREF(name);
  Py_XDECREF(made);
  return NULL;
}

bool clutch_is_java_object(clutch_interpreter *interpreter, PyObject *object) {
  return Py_IS_TYPE(object, (PyTypeObject *)clutch_module_state_of(interpreter)->java_object_type);
}

uint64_t clutch_java_object_handle(PyObject *object) { return ((java_object *)object)->handle; }
