#include "execution.h"

#include "code_cache.h"
#include "codec.h"
#include "exit.h"
#include "interpreter_list.h"
#include "module.h"
#include "output.h"
#include "response.h"
#include "stack.h"
#include "thread_state.h"

/* -- running a request ------------------------------------------------------------------------ */

static void run_attached(void *argument) {
  clutch_request *of = argument;
  if (clutch_attach(of->interpreter) != 0) {
    of->no_memory = true;
    return;
  }
  PyObject *result = NULL;
  if (clutch_stack_suffices()) {
    result = of->operation(of->interpreter, &of->reader);
  } else {
    PyErr_SetString(PyExc_RecursionError, "Python and Java call each other too deeply");
  }
  if (result == NULL) {
    clutch_respond_exception(of);
  } else {
    clutch_respond_result(of, result);
    Py_DECREF(result);
  }
  PyErr_Clear();
  clutch_detach();
}

static jlong perform(jlong handle, jlong buffer, jint length, jint capacity,
                     PyObject *(*operation)(clutch_interpreter *, clutch_reader *)) {
  clutch_request of = clutch_request_of(buffer, length, capacity);
  of.operation = operation;
  of.interpreter = clutch_interpreter_enter(handle);
  if (of.interpreter == NULL) {
    return CLUTCH_CLOSED;
  }
  if (clutch_stack_enter(run_attached, &of) != 0) {
    of.no_memory = true;
  }
  clutch_interpreter_leave(of.interpreter);
  return clutch_response_finish(&of, buffer);
}

/* -- operations ------------------------------------------------------------------------------- */

static PyObject *evaluate(clutch_interpreter *interpreter, clutch_reader *reader, int start) {
  PyObject *code = clutch_code_cache_get(interpreter, reader, start);
  if (code == NULL) {
    return NULL;
  }
  PyObject *result = PyEval_EvalCode(code, interpreter->globals, interpreter->globals);
  Py_DECREF(code);
  return result;
}

static PyObject *run_source(clutch_interpreter *interpreter, clutch_reader *reader) {
  return evaluate(interpreter, reader, Py_file_input);
}

static PyObject *eval_expression(clutch_interpreter *interpreter, clutch_reader *reader) {
  return evaluate(interpreter, reader, Py_eval_input);
}

/* Through compile(), which heeds the file's own encoding declaration. */
static PyObject *compile_file(PyObject *path, PyObject *bytes) {
  PyObject *builtins = PyImport_ImportModule("builtins");
  PyObject *code = builtins == NULL ? NULL
                                    : PyObject_CallMethod(builtins, "compile", "OOsii", bytes, path,
                                                          "exec", 0, 1);
  Py_XDECREF(builtins);
  return code;
}

static PyObject *run_file(clutch_interpreter *interpreter, clutch_reader *reader) {
  PyObject *path = clutch_decode(reader, interpreter);
  PyObject *bytes = path == NULL ? NULL : clutch_decode(reader, interpreter);
  PyObject *code = bytes == NULL ? NULL : compile_file(path, bytes);
  PyObject *result = NULL;
  if (code != NULL && PyDict_SetItemString(interpreter->globals, "__file__", path) == 0) {
    result = PyEval_EvalCode(code, interpreter->globals, interpreter->globals);
  }
  Py_XDECREF(code);
  Py_XDECREF(bytes);
  Py_XDECREF(path);
  return result;
}

static PyObject *name_error(PyObject *name) {
  PyErr_Format(PyExc_NameError, "name '%U' is not defined in __main__", name);
  return NULL;
}

/* A name as code in __main__ would see it: a global, else a builtin. */
static PyObject *look_up(clutch_interpreter *interpreter, PyObject *name) {
  PyObject *found = PyDict_GetItemWithError(interpreter->globals, name);
  if (found == NULL && !PyErr_Occurred()) {
    found = PyDict_GetItemWithError(PyEval_GetBuiltins(), name);
  }
  if (found == NULL && !PyErr_Occurred()) {
    return name_error(name);
  }
  return Py_XNewRef(found);
}

/* The attributes of a dotted name, one after the other; takes over the reference to `object`. */
static PyObject *follow(PyObject *object, PyObject *names, Py_ssize_t from) {
  for (Py_ssize_t i = from; object != NULL && i < PyList_GET_SIZE(names); i++) {
    Py_SETREF(object, PyObject_GetAttr(object, PyList_GET_ITEM(names, i)));
  }
  return object;
}

static PyObject *split(PyObject *text, const char *separator, Py_ssize_t most) {
  PyObject *at = PyUnicode_FromString(separator);
  PyObject *parts = at == NULL ? NULL : PyUnicode_Split(text, at, most);
  Py_XDECREF(at);
  return parts;
}

/* "f.g" in __main__, or "package.module:f.g". */
static PyObject *resolve(clutch_interpreter *interpreter, PyObject *name) {
  PyObject *halves = split(name, ":", 1);
  if (halves == NULL) {
    return NULL;
  }
  bool has_module = PyList_GET_SIZE(halves) == 2;
  PyObject *names = split(PyList_GET_ITEM(halves, has_module ? 1 : 0), ".", -1);
  PyObject *found = NULL;
  if (names != NULL && has_module) {
    found = follow(PyImport_Import(PyList_GET_ITEM(halves, 0)), names, 0);
  } else if (names != NULL) {
    found = follow(look_up(interpreter, PyList_GET_ITEM(names, 0)), names, 1);
  }
  Py_XDECREF(names);
  Py_DECREF(halves);
  return found;
}

static PyObject *call_function(clutch_interpreter *interpreter, clutch_reader *reader) {
  PyObject *name = clutch_decode(reader, interpreter);
  PyObject *args = name == NULL ? NULL : clutch_decode(reader, interpreter);
  PyObject *function = args == NULL ? NULL : resolve(interpreter, name);
  PyObject *result = function == NULL ? NULL : PyObject_Call(function, args, NULL);
  Py_XDECREF(function);
  Py_XDECREF(args);
  Py_XDECREF(name);
  return result;
}

/* Names and values in turn: all of them are read before the first is bound. */
static PyObject *set_names(clutch_interpreter *interpreter, clutch_reader *reader) {
  PyObject *values = clutch_decode(reader, interpreter);
  int done = values == NULL ? -1 : PyDict_Update(interpreter->globals, values);
  Py_XDECREF(values);
  return done == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *get_name(clutch_interpreter *interpreter, clutch_reader *reader) {
  PyObject *name = clutch_decode(reader, interpreter);
  if (name == NULL) {
    return NULL;
  }
  PyObject *found = PyDict_GetItemWithError(interpreter->globals, name);
  PyObject *result = found == NULL && !PyErr_Occurred() ? name_error(name) : Py_XNewRef(found);
  Py_DECREF(name);
  return result;
}

static PyObject *interrupt_threads(clutch_interpreter *interpreter, clutch_reader *reader) {
  (void)reader;
  return PyLong_FromLong(
      clutch_raise_in_threads(interpreter, clutch_module_state_of(interpreter)->interrupted));
}

static PyObject *prepare_exit(clutch_interpreter *interpreter, clutch_reader *reader) {
  (void)reader;
  clutch_run_exit_functions();
  for (int i = 0; i < 2; i++) {
    if (clutch_output_flush(interpreter, i) != 0) {
      PyErr_Clear();
    }
  }
  Py_RETURN_NONE;
}

/* -- registered methods ----------------------------------------------------------------------- */

#define NATIVE(name, operation)                                                                    \
  static jlong name(JNIEnv *env, jclass class, jlong handle, jlong buffer, jint length,            \
                    jint capacity) {                                                               \
    (void)env;                                                                                     \
    (void)class;                                                                                   \
    return perform(handle, buffer, length, capacity, operation);                                   \
  }

NATIVE(native_run, run_source)
NATIVE(native_run_file, run_file)
NATIVE(native_eval, eval_expression)
NATIVE(native_call, call_function)
NATIVE(native_set, set_names)
NATIVE(native_get, get_name)
NATIVE(native_interrupt, interrupt_threads)
NATIVE(native_prepare_exit, prepare_exit)
NATIVE(native_list, clutch_list_interpreters)

static const JNINativeMethod methods[] = {
    {"run", "(JJII)J", (void *)native_run},
    {"runFile", "(JJII)J", (void *)native_run_file},
    {"eval", "(JJII)J", (void *)native_eval},
    {"call", "(JJII)J", (void *)native_call},
    {"set", "(JJII)J", (void *)native_set},
    {"get", "(JJII)J", (void *)native_get},
    {"interrupt", "(JJII)J", (void *)native_interrupt},
    {"list", "(JJII)J", (void *)native_list},
    {"prepareExit", "(JJII)J", (void *)native_prepare_exit},
};

int clutch_execution_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeExecution");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
