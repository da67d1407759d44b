#include "module.h"

#include "callback.h"
#include "output.h"

#include "clutch_py.h" /* made from clutch.py by CMake */

/* -- clutch.JavaObject ------------------------------------------------------------------------ */

typedef struct java_object {
  PyObject_HEAD
  uint64_t handle;
  clutch_interpreter *interpreter;
} java_object;

static PyObject *java_object_call(PyObject *self, PyObject *args, PyObject *kwargs) {
  java_object *object = (java_object *)self;
  if (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0) {
    PyErr_SetString(PyExc_TypeError, "a Java callable takes no keyword arguments");
    return NULL;
  }
  return clutch_callback_call(object->interpreter, object->handle, args);
}

static PyObject *java_object_repr(PyObject *self) {
  java_object *object = (java_object *)self;
  return PyUnicode_FromFormat("<clutch.JavaObject %llu>", (unsigned long long)object->handle);
}

static void java_object_dealloc(PyObject *self) {
  java_object *object = (java_object *)self;
  PyTypeObject *type = Py_TYPE(self);
  clutch_callback_release(object->handle);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyType_Slot java_object_slots[] = {
    {Py_tp_doc, "A Java object, callable if it is a functional interface."},
    {Py_tp_call, java_object_call},
    {Py_tp_repr, java_object_repr},
    {Py_tp_dealloc, java_object_dealloc},
    {0, NULL},
};

static PyType_Spec java_object_spec = {
    .name = "clutch.JavaObject",
    .basicsize = sizeof(java_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = java_object_slots,
};

PyObject *clutch_java_object_new(clutch_interpreter *interpreter, uint64_t handle) {
  PyTypeObject *type = (PyTypeObject *)clutch_module_state_of(interpreter)->java_object_type;
  java_object *object = (java_object *)type->tp_alloc(type, 0);
  if (object != NULL) {
    object->handle = handle;
    object->interpreter = interpreter;
  }
  return (PyObject *)object;
}

uint64_t clutch_java_object_handle(PyObject *object) { return ((java_object *)object)->handle; }

/* -- functions -------------------------------------------------------------------------------- */

static clutch_interpreter *interpreter_of(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  if (state->interpreter == NULL) {
    PyErr_SetString(PyExc_RuntimeError,
                    "this interpreter was not made by Clutch: Java cannot be reached from it");
  }
  return state->interpreter;
}

static PyObject *clutch_write(PyObject *module, PyObject *args) {
  int stream;
  Py_buffer data;
  if (!PyArg_ParseTuple(args, "iy*", &stream, &data)) {
    return NULL;
  }
  clutch_interpreter *interpreter = interpreter_of(module);
  int done = interpreter == NULL
                 ? -1
                 : clutch_output_write(interpreter, stream != 0, data.buf, (size_t)data.len);
  PyBuffer_Release(&data);
  return done == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *clutch_flush(PyObject *module, PyObject *stream) {
  long index = PyLong_AsLong(stream);
  clutch_interpreter *interpreter = interpreter_of(module);
  if (PyErr_Occurred() || clutch_output_flush(interpreter, index != 0) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject *clutch_interpreter_id(PyObject *module, PyObject *unused) {
  (void)module;
  (void)unused;
  return PyLong_FromLongLong(PyInterpreterState_GetID(PyInterpreterState_Get()));
}

static PyMethodDef functions[] = {
    {"_write", clutch_write, METH_VARARGS, NULL},
    {"_flush", clutch_flush, METH_O, NULL},
    {"_interpreter_id", clutch_interpreter_id, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* -- the module ------------------------------------------------------------------------------- */

static PyObject *add_exception(PyObject *module, const char *name, const char *doc,
                               PyObject *base) {
  PyObject *type = PyErr_NewExceptionWithDoc(name, doc, base, NULL);
  if (type != NULL && PyModule_AddType(module, (PyTypeObject *)type) != 0) {
    Py_CLEAR(type);
  }
  return type;
}

static int run_python_part(PyObject *module) {
  PyObject *globals = PyModule_GetDict(module);
  PyObject *code = Py_CompileString((const char *)clutch_py, "<clutch>", Py_file_input);
  PyObject *done = code == NULL ? NULL : PyEval_EvalCode(code, globals, globals);
  Py_XDECREF(code);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

static int module_exec(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->java_exception =
      add_exception(module, "clutch.JavaException",
                    "A Java exception that a callback threw; java_class and java_message tell "
                    "which.",
                    PyExc_Exception);
  state->not_shareable_error =
      add_exception(module, "clutch.NotShareableError",
                    "A value cannot cross between Python and Java.", PyExc_TypeError);
  state->interrupted =
      add_exception(module, "clutch.Interrupted",
                    "Java asked this code to end. Not an Exception, so that code that catches "
                    "those does not swallow it.",
                    PyExc_BaseException);
  state->java_object_type = PyType_FromModuleAndSpec(module, &java_object_spec, NULL);
  if (state->java_exception == NULL || state->not_shareable_error == NULL ||
      state->interrupted == NULL || state->java_object_type == NULL) {
    return -1;
  }
  return PyModule_AddType(module, (PyTypeObject *)state->java_object_type) != 0
             ? -1
             : run_python_part(module);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
  clutch_module_state *state = PyModule_GetState(module);
  Py_VISIT(state->java_exception);
  Py_VISIT(state->not_shareable_error);
  Py_VISIT(state->interrupted);
  Py_VISIT(state->java_object_type);
  return 0;
}

static int module_clear(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  Py_CLEAR(state->java_exception);
  Py_CLEAR(state->not_shareable_error);
  Py_CLEAR(state->interrupted);
  Py_CLEAR(state->java_object_type);
  return 0;
}

/* A module that dies by its reference count, as at the end of its interpreter, is not cleared by
   the garbage collector. */
static void module_free(void *module) { module_clear(module); }

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0, NULL},
};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "clutch",
    .m_doc = "What Python code sees of the Java program it runs in.",
    .m_size = sizeof(clutch_module_state),
    .m_methods = functions,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit_clutch(void) { return PyModuleDef_Init(&module_def); }

clutch_module_state *clutch_module_state_of(clutch_interpreter *interpreter) {
  return PyModule_GetState(interpreter->module);
}

/* -- installing it ---------------------------------------------------------------------------- */

static int set_stream(PyObject *module, int index, const char *name, const char *dunder) {
  PyObject *shown = PyUnicode_FromFormat("<%s>", name);
  PyObject *stream =
      shown == NULL ? NULL : PyObject_CallMethod(module, "OutputStream", "iO", index, shown);
  int done =
      stream == NULL || PySys_SetObject(name, stream) != 0 || PySys_SetObject(dunder, stream) != 0
          ? -1
          : 0;
  Py_XDECREF(shown);
  Py_XDECREF(stream);
  return done;
}

int clutch_module_install(clutch_interpreter *interpreter) {
  PyObject *module = PyImport_ImportModule("clutch");
  if (module == NULL) {
    return -1;
  }
  interpreter->module = module;
  ((clutch_module_state *)PyModule_GetState(module))->interpreter = interpreter;
  return set_stream(module, 0, "stdout", "__stdout__") != 0 ||
                 set_stream(module, 1, "stderr", "__stderr__") != 0
             ? -1
             : 0;
}
