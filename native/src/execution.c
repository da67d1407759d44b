#include "execution.h"

#include "code_cache.h"
#include "exit.h"
#include "interpreter_list.h"
#include "module.h"
#include "name.h"
#include "output.h"
#include "perform.h"

/* -- operations ------------------------------------------------------------------------------- */

static PyObject *evaluate(clutch_request *of, int start) {
  clutch_interpreter *interpreter = of->interpreter;
  PyObject *code = clutch_code_cache_get(interpreter, &of->reader, start);
  if (code == NULL) {
    return NULL;
  }
  PyObject *result = PyEval_EvalCode(code, interpreter->globals, interpreter->globals);
  Py_DECREF(code);
  return result;
}

static PyObject *run_source(clutch_request *of) { return evaluate(of, Py_file_input); }

static PyObject *eval_expression(clutch_request *of) { return evaluate(of, Py_eval_input); }

/* Through compile(), which heeds the file's own encoding declaration. */
static PyObject *compile_file(PyObject *path, PyObject *bytes) {
  PyObject *builtins = PyImport_ImportModule("builtins");
  PyObject *code = builtins == NULL ? NULL
                                    : PyObject_CallMethod(builtins, "compile", "OOsii", bytes, path,
                                                          "exec", 0, 1);
  Py_XDECREF(builtins);
  return code;
}

static PyObject *run_file(clutch_request *of) {
  PyObject *path = clutch_decode(&of->reader);
  PyObject *bytes = path == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *code = bytes == NULL ? NULL : compile_file(path, bytes);
  PyObject *result = NULL;
  if (code != NULL && PyDict_SetItemString(of->interpreter->globals, "__file__", path) == 0) {
    result = PyEval_EvalCode(code, of->interpreter->globals, of->interpreter->globals);
  }
  Py_XDECREF(code);
  Py_XDECREF(bytes);
  Py_XDECREF(path);
  return result;
}

/* A str, which whoever asks relies on. */
static PyObject *read_name(clutch_reader *reader) {
  PyObject *name = clutch_decode(reader);
  if (name != NULL && !PyUnicode_Check(name)) {
    PyErr_SetString(PyExc_ValueError, "malformed value");
    Py_CLEAR(name);
  }
  return name;
}

static PyObject *call_function(clutch_request *of) {
  PyObject *name = read_name(&of->reader);
  PyObject *args = name == NULL ? NULL : clutch_decode(&of->reader);
  if (args != NULL && !PyTuple_Check(args)) {
    PyErr_SetString(PyExc_ValueError, "malformed value");
    Py_CLEAR(args);
  }
  PyObject *function = args == NULL ? NULL : clutch_resolve(of->interpreter, name);
  PyObject *result = function == NULL ? NULL : PyObject_Call(function, args, NULL);
  Py_XDECREF(function);
  Py_XDECREF(args);
  Py_XDECREF(name);
  return result;
}

/* Names and values in turn: all of them are read before the first is bound. */
static PyObject *set_names(clutch_request *of) {
  PyObject *values = clutch_decode(&of->reader);
  int done = values == NULL ? -1 : PyDict_Update(of->interpreter->globals, values);
  Py_XDECREF(values);
  return done == 0 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *get_name(clutch_request *of) {
  PyObject *name = read_name(&of->reader);
  if (name == NULL) {
    return NULL;
  }
  PyObject *found = PyDict_GetItemWithError(of->interpreter->globals, name);
  PyObject *result =
      found == NULL && !PyErr_Occurred() ? clutch_name_error(name) : Py_XNewRef(found);
  Py_DECREF(name);
  return result;
}

static PyObject *prepare_exit(clutch_request *of) {
  clutch_run_exit_functions();
  for (int i = 0; i < 2; i++) {
    if (clutch_output_flush(of->interpreter, i) != 0) {
      PyErr_Clear();
    }
  }
  Py_RETURN_NONE;
}

/* -- registered methods ------------------------------------------------------------------------ */

CLUTCH_NATIVE(native_run, run_source)
CLUTCH_NATIVE(native_run_file, run_file)
CLUTCH_NATIVE(native_eval, eval_expression)
CLUTCH_NATIVE(native_call, call_function)
CLUTCH_NATIVE(native_set, set_names)
CLUTCH_NATIVE(native_get, get_name)
CLUTCH_NATIVE(native_prepare_exit, prepare_exit)
CLUTCH_NATIVE(native_list, clutch_list_interpreters)

static const JNINativeMethod methods[] = {
    CLUTCH_METHOD("run", native_run),   CLUTCH_METHOD("runFile", native_run_file),
    CLUTCH_METHOD("eval", native_eval), CLUTCH_METHOD("call", native_call),
    CLUTCH_METHOD("set", native_set),   CLUTCH_METHOD("get", native_get),
    CLUTCH_METHOD("list", native_list), CLUTCH_METHOD("prepareExit", native_prepare_exit),
};

int clutch_execution_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeExecution");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
