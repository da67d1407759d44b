#include "module.h"

#include "alarm.h"
#include "buffer.h"
#include "channel.h"
#include "import_guard.h"
#include "java_object.h"
#include "output.h"
#include "queue.h"
#include "shared_buffer.h"
#include "sleep.h"

#include "clutch_py.h" /* made from clutch.py by CMake */

/* -- functions -------------------------------------------------------------------------------- */

clutch_interpreter *clutch_interpreter_of_module(PyObject *module) {
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
  clutch_interpreter *interpreter = clutch_interpreter_of_module(module);
  int done = interpreter == NULL
                 ? -1
                 : clutch_output_write(interpreter, stream != 0, data.buf, (size_t)data.len);
  PyBuffer_Release(&data);
  return done == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *clutch_flush(PyObject *module, PyObject *stream) {
  long index = PyLong_AsLong(stream);
  clutch_interpreter *interpreter = clutch_interpreter_of_module(module);
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
    {"_require_verdicts", clutch_import_guard_require_verdicts, METH_O, NULL},
    {"sleep", clutch_sleep, METH_O,
     "sleep(seconds)\n\nDelay execution for a given number of seconds. An interrupt ends it."},
    {"channel", (PyCFunction)(void (*)(void))clutch_channel_open_in_python,
     METH_FASTCALL | METH_KEYWORDS,
     "channel(capacity=None)\n--\n\n"
     "Open a channel over a pipe of at least so many bytes: its ends, to receive and to send."},
    {"select", (PyCFunction)(void (*)(void))clutch_channel_select_in_python,
     METH_FASTCALL | METH_KEYWORDS,
     "select(ends, timeout=None)\n--\n\n"
     "Wait until something can be received at one of the ends, or its end is reached. Return "
     "those; none if the time (seconds) was over."},
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
  /* C code that these functions call looks for it, as PyImport_Import does */
  if (PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) != 0) {
    return -1;
  }
  PyObject *code = Py_CompileString((const char *)clutch_py, "<clutch>", Py_file_input);
  PyObject *done = code == NULL ? NULL : PyEval_EvalCode(code, globals, globals);
  Py_XDECREF(code);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

static int add_exceptions(PyObject *module, clutch_module_state *state) {
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
  return state->java_exception == NULL || state->not_shareable_error == NULL ||
                 state->interrupted == NULL
             ? -1
             : 0;
}

static int fetch(PyObject *module, const char *name, PyObject **to) {
  *to = PyObject_GetAttrString(module, name);
  return *to == NULL ? -1 : 0;
}

static int fetch_python_part(PyObject *module, clutch_module_state *state) {
  return fetch(module, "_takers_apart", &state->takers_apart) != 0 ||
                 fetch(module, "AccessDenied", &state->access_denied) != 0 ||
                 fetch(module, "ImportDenied", &state->import_denied) != 0 ||
                 fetch(module, "_unlearned", &state->unlearned) != 0 ||
                 fetch(module, "_learn", &state->learn) != 0 ||
                 fetch(module, "_put_together", &state->put_together) != 0 ||
                 fetch(module, "_new_array", &state->new_array) != 0 ||
                 fetch(module, "_structure", &state->structure) != 0 ||
                 fetch(module, "_checkpoint", &state->checkpoint) != 0 ||
                 fetch(module, "_pickle", &state->pickle) != 0 ||
                 fetch(module, "_unpickle", &state->unpickle) != 0 ||
                 fetch(module, "_take_memory_apart", &state->take_memory_apart) != 0 ||
                 fetch(module, "_new_memory", &state->new_memory) != 0 ||
                 fetch(module, "_receive_async", &state->receive_async) != 0 ||
                 fetch(module, "_next_async", &state->next_async) != 0
             ? -1
             : 0;
}

static int module_exec(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->end = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type);
  return state->end == NULL || add_exceptions(module, state) != 0 ||
                 clutch_java_object_add_type(module) != 0 || clutch_buffer_add_types(module) != 0 ||
                 clutch_queue_add_type(module) != 0 || clutch_channel_add_types(module) != 0 ||
                 clutch_shared_buffer_add_type(module) != 0 || clutch_alarm_add_type(module) != 0 ||
                 run_python_part(module) != 0
             ? -1
             : fetch_python_part(module, state);
}

/* All that the state holds. */
#define FOR_EACH_OBJECT(state, DO)                                                                 \
  DO((state)->java_exception);                                                                     \
  DO((state)->not_shareable_error);                                                                \
  DO((state)->interrupted);                                                                        \
  DO((state)->access_denied);                                                                      \
  DO((state)->import_denied);                                                                      \
  DO((state)->java_object_type);                                                                   \
  DO((state)->java_buffer_type);                                                                   \
  DO((state)->export_type);                                                                        \
  DO((state)->send_end_type);                                                                      \
  DO((state)->receive_end_type);                                                                   \
  DO((state)->queue_type);                                                                         \
  DO((state)->shared_buffer_type);                                                                 \
  DO((state)->end);                                                                                \
  DO((state)->takers_apart);                                                                       \
  DO((state)->unlearned);                                                                          \
  DO((state)->learn);                                                                              \
  DO((state)->put_together);                                                                       \
  DO((state)->new_array);                                                                          \
  DO((state)->structure);                                                                          \
  DO((state)->checkpoint);                                                                         \
  DO((state)->pickle);                                                                             \
  DO((state)->unpickle);                                                                           \
  DO((state)->take_memory_apart);                                                                  \
  DO((state)->new_memory);                                                                         \
  DO((state)->receive_async);                                                                      \
  DO((state)->next_async);                                                                         \
  DO((state)->refusal);                                                                            \
  DO((state)->verdicts)

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
  clutch_module_state *state = PyModule_GetState(module);
  FOR_EACH_OBJECT(state, Py_VISIT);
  return 0;
}

static int module_clear(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  FOR_EACH_OBJECT(state, Py_CLEAR);
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

clutch_module_state *clutch_module_state_of(const clutch_interpreter *interpreter) {
  return PyModule_GetState(interpreter->module);
}

int clutch_module_refuse_when_gone(clutch_interpreter *interpreter) {
  if (interpreter->module != NULL) {
    return 0;
  }
  PyErr_SetString(PyExc_RuntimeError,
                  "the interpreter is being closed: nothing can leave it or reach it any more");
  return -1;
}

/* -- types that are taken apart ---------------------------------------------------------------- */

/* Whose types could not be known before somebody had imported the module. */
static int learn_module_of(clutch_module_state *state, PyObject *type) {
  PyObject *module = PyObject_GetAttrString(type, "__module__");
  int news =
      module != NULL && PyUnicode_CheckExact(module) ? PySet_Contains(state->unlearned, module) : 0;
  PyErr_Clear(); /* a metaclass may have its own idea of __module__ */
  PyObject *done = news == 1 ? PyObject_CallOneArg(state->learn, module) : NULL;
  Py_XDECREF(module);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

PyObject *clutch_module_taker_apart(clutch_interpreter *interpreter, PyObject *value) {
  clutch_module_state *state = clutch_module_state_of(interpreter);
  PyObject *type = (PyObject *)Py_TYPE(value);
  if (Py_TYPE(type)->tp_hash != PyType_Type.tp_hash) {
    return NULL; /* its metaclass has a hash of its own, which may fail */
  }
  PyObject *found = PyDict_GetItemWithError(state->takers_apart, type);
  if (found != NULL || PyErr_Occurred() || learn_module_of(state, type) != 0) {
    return found;
  }
  return PyDict_GetItemWithError(state->takers_apart, type);
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
  PyObject *replaced = PyObject_CallMethod(module, "_replace_sleep", NULL);
  Py_XDECREF(replaced);
  return replaced == NULL || set_stream(module, 0, "stdout", "__stdout__") != 0 ||
                 set_stream(module, 1, "stderr", "__stderr__") != 0
             ? -1
             : 0;
}
