#include "script.h"

#include "definition.h"
#include "findings.h"
#include "probe_py.h"
#include "worker.h"

#include <marshal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "<clutch-probe>"

/* -- what C gives it --------------------------------------------------------------------------- */

#define MOST_FIELDS 64

/* Names and messages may hold surrogates, which UTF-8 has no bytes for. */
static PyObject *encode(PyObject *text) {
  return PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
}

static void report_tuple(PyObject *texts) {
  const char *fields[MOST_FIELDS] = {NULL};
  PyObject *encoded[MOST_FIELDS];
  size_t count = 0;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts) && count < MOST_FIELDS; i++) {
    encoded[count] = encode(PyTuple_GET_ITEM(texts, i));
    if (encoded[count] == NULL) {
      break;
    }
    fields[count] = PyBytes_AS_STRING(encoded[count]);
    count++;
  }
  probe_report(fields, count);
  while (count > 0) {
    Py_DECREF(encoded[--count]);
  }
}

static PyObject *report(PyObject *self, PyObject *texts) {
  (void)self;
  report_tuple(texts);
  return PyErr_Occurred() == NULL ? Py_NewRef(Py_None) : NULL;
}

static PyObject *definition(PyObject *self, PyObject *module) {
  probe_definition of;
  (void)self;
  if (!probe_read_definition(module, &of)) {
    Py_RETURN_NONE;
  }
  char numbers[4][24];
  snprintf(numbers[0], sizeof numbers[0], "%d", of.multi_phase);
  snprintf(numbers[1], sizeof numbers[1], "%d", of.multiple_interpreters);
  snprintf(numbers[2], sizeof numbers[2], "%d", of.gil);
  snprintf(numbers[3], sizeof numbers[3], "%zd", of.state_size);
  return Py_BuildValue("(ssss)", numbers[0], numbers[1], numbers[2], numbers[3]);
}

static PyMethodDef functions[] = {
    {"_report", report, METH_VARARGS, NULL},
    {"_definition", definition, METH_O, NULL},
};

static int add_functions(PyObject *globals) {
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    PyObject *function = PyCFunction_New(&functions[i], NULL);
    int failed =
        function == NULL ? -1 : PyDict_SetItemString(globals, functions[i].ml_name, function);
    Py_XDECREF(function);
    if (failed != 0) {
      return -1;
    }
  }
  return 0;
}

/* -- calling it -------------------------------------------------------------------------------- */

/* Steals a reference to the argument, which may be NULL with an exception. */
static PyObject *call(PyObject *script, const char *name, PyObject *argument) {
  PyObject *function = PyDict_GetItemString(script, name);
  PyObject *result =
      function == NULL || argument == NULL ? NULL : PyObject_CallOneArg(function, argument);
  Py_XDECREF(argument);
  return result;
}

static int do_call(PyObject *script, const char *name, PyObject *argument) {
  PyObject *done = call(script, name, argument);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

static PyObject *folders(const clutch_probe_task *task) {
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list != NULL && i < task->path_count; i++) {
    PyObject *folder = PyUnicode_DecodeFSDefault(task->path[i]);
    if (folder == NULL || PyList_Append(list, folder) != 0) {
      Py_CLEAR(list);
    }
    Py_XDECREF(folder);
  }
  return list;
}

/* Compiled once for all interpreters, which is most of what this takes. */
static char *compiled;
static Py_ssize_t compiled_size;

static int compile_once(void) {
  char *bytes = NULL;
  PyObject *code = Py_CompileString((const char *)probe_py, FILE_NAME, Py_file_input);
  PyObject *marshalled =
      code == NULL ? NULL : PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
  if (marshalled != NULL && PyBytes_AsStringAndSize(marshalled, &bytes, &compiled_size) == 0) {
    compiled = malloc((size_t)compiled_size);
    if (compiled != NULL) {
      memcpy(compiled, bytes, (size_t)compiled_size);
    }
  }
  Py_XDECREF(code);
  Py_XDECREF(marshalled);
  return compiled == NULL ? -1 : 0;
}

static int run_script(PyObject *globals) {
  PyObject *name = PyUnicode_FromString(FILE_NAME);
  PyObject *code = PyMarshal_ReadObjectFromString(compiled, compiled_size);
  PyObject *done = NULL;
  if (name != NULL && code != NULL && PyDict_SetItemString(globals, "__file__", name) == 0 &&
      add_functions(globals) == 0) {
    done = PyEval_EvalCode(code, globals, globals);
  }
  Py_XDECREF(name);
  Py_XDECREF(code);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

PyObject *probe_script(const clutch_probe_task *task) {
  PyObject *globals = PyDict_New();
  if (globals != NULL &&
      ((compiled == NULL && compile_once() != 0) ||
       PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) != 0 ||
       run_script(globals) != 0 || do_call(globals, "prepare", folders(task)) != 0)) {
    Py_CLEAR(globals);
  }
  return globals;
}

int probe_import(PyObject *script, const char *module) {
  return do_call(script, "import_module", PyUnicode_DecodeFSDefault(module));
}

int probe_tell_modules(PyObject *script) {
  return do_call(script, "tell_modules", Py_NewRef(Py_None));
}

int probe_exercise(PyObject *script, const char *file) {
  return do_call(script, "exercise", PyUnicode_DecodeFSDefault(file));
}

int probe_finish(PyObject *script) { return do_call(script, "finish", Py_NewRef(Py_None)); }

static PyObject *describe(PyObject *script, PyObject *exception) {
  PyObject *described = script == NULL ? NULL : call(script, "describe", Py_NewRef(exception));
  if (described == NULL) {
    PyErr_Clear();
    described = Py_BuildValue("(ssss)", "0", Py_TYPE(exception)->tp_name, "", "");
  }
  return described;
}

void probe_report_exception(PyObject *script) {
  PyObject *exception = PyErr_GetRaisedException();
  PyObject *described = exception == NULL ? NULL : describe(script, exception);
  const char *step = probe_this_worker()->step;
  PyObject *head = Py_BuildValue("(ss)", "raised", step == NULL ? "" : step);
  PyObject *record = head == NULL || described == NULL ? NULL : PySequence_Concat(head, described);
  if (record != NULL) {
    report_tuple(record);
  }
  PyErr_Clear();
  Py_XDECREF(record);
  Py_XDECREF(head);
  Py_XDECREF(described);
  Py_XDECREF(exception);
}
