#include "import_guard.h"

#include "extension_file.h"
#include "intercept.h"
#include "module.h"

#include <string.h>

#include "import_guard_py.h" /* made from import_guard.py by CMake */

/* -- refusing ---------------------------------------------------------------------------------- */

/* Compiled when it is needed, in a namespace that no module is. */
static PyObject *new_maker(void) {
  PyObject *globals = Py_BuildValue("{sO}", "__builtins__", PyEval_GetBuiltins());
  PyObject *code = globals == NULL ? NULL
                                   : Py_CompileString((const char *)import_guard_py,
                                                      "<clutch import guard>", Py_file_input);
  PyObject *done = code == NULL ? NULL : PyEval_EvalCode(code, globals, globals);
  PyObject *maker = done == NULL ? NULL : PyDict_GetItemString(globals, "refusal");
  Py_XINCREF(maker);
  Py_XDECREF(done);
  Py_XDECREF(code);
  Py_XDECREF(globals);
  return maker;
}

/* The state of the module clutch, or NULL in an interpreter that has none, or none any more. */
static clutch_module_state *attached_state(void) {
  const clutch_interpreter *slot = clutch_account_attached();
  return slot == NULL || slot->module == NULL ? NULL : clutch_module_state_of(slot);
}

/* Kept, as compiling takes 2 ms, and datetime alone has two such modules in 3.12. */
static PyObject *message_maker(void) {
  clutch_module_state *state = attached_state();
  if (state != NULL && state->refusal != NULL) {
    return Py_NewRef(state->refusal);
  }
  PyObject *maker = new_maker();
  if (state != NULL && state->refusal == NULL) {
    state->refusal = Py_XNewRef(maker);
  }
  return maker;
}

static int refuse(PyObject *spec, PyObject *reason, bool strict) {
  PyObject *maker = reason == NULL ? NULL : message_maker();
  PyObject *error = maker == NULL ? NULL
                                  : PyObject_CallFunctionObjArgs(maker, spec, reason,
                                                                 strict ? Py_True : Py_False, NULL);
  if (error != NULL) {
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
  }
  Py_XDECREF(error);
  Py_XDECREF(maker);
  Py_XDECREF(reason);
  return -1;
}

/* -- what the file says ------------------------------------------------------------------------ */

static clutch_extension_kind kind_of(PyObject *path) {
  const char *bytes = PyBytes_AS_STRING(path);
  clutch_extension_kind kind;
  Py_BEGIN_ALLOW_THREADS kind = clutch_extension_file_kind(bytes);
  Py_END_ALLOW_THREADS return kind;
}

/* What is wrong with the file, or NULL. */
static const char *fault_of(PyObject *path) {
  switch (kind_of(path)) {
  case CLUTCH_EXTENSION_SINGLE_PHASE:
    return "is initialized in a single phase (PEP 489), with one state for all interpreters";
  case CLUTCH_EXTENSION_WITHOUT_INIT:
    return CLUTCH_REFUSED_INIT_RUNS_HERE
               ? "names no init function, so nobody can tell how it is initialized"
               : NULL;
  default: /* what cannot be read cannot be loaded: CPython says why */
    return NULL;
  }
}

/* -- verdicts ---------------------------------------------------------------------------------- */

PyObject *clutch_import_guard_require_verdicts(PyObject *module, PyObject *ask) {
  clutch_module_state *state = PyModule_GetState(module);
  if (state->verdicts != NULL) {
    PyErr_SetString(PyExc_RuntimeError, "this interpreter requires verdicts already");
    return NULL;
  }
  state->verdicts = Py_NewRef(ask);
  Py_RETURN_NONE;
}

/* Takes the exception that is set. */
static PyObject *text_of_failure(void) {
  if (!PyErr_ExceptionMatches(PyExc_Exception)) {
    return NULL;
  }
  PyObject *error = PyErr_GetRaisedException();
  PyObject *text = PyUnicode_FromFormat("has a verdict that cannot be looked up: %S", error);
  Py_DECREF(error);
  return text;
}

static int check_verdict(PyObject *ask, PyObject *spec, PyObject *origin) {
  PyObject *reason = PyObject_CallOneArg(ask, origin);
  if (reason == Py_None) {
    Py_DECREF(reason);
    return 0;
  }
  return refuse(spec, reason == NULL ? text_of_failure() : reason, true);
}

/* -- 3.12 -------------------------------------------------------------------------------------- */

/* Of its standard library, for builds that have them built in. */
static const char *const refused_in_312[] = {
    "_ctypes",      "_curses",     "_curses_panel", "_datetime", "_decimal",
    "_elementtree", "_lsprof",     "_tkinter",      "_zoneinfo", "faulthandler",
    "nis",          "ossaudiodev", "pyexpat",       "readline",
};

static bool is_refused_by_name(PyObject *name) {
  for (size_t i = 0; i < sizeof refused_in_312 / sizeof refused_in_312[0]; i++) {
    if (PyUnicode_CompareWithASCIIString(name, refused_in_312[i]) == 0) {
      return CLUTCH_REFUSED_INIT_RUNS_HERE;
    }
  }
  return false;
}

static int check_name(PyObject *spec) {
  PyObject *name = PyObject_GetAttrString(spec, "name");
  bool refused = name != NULL && PyUnicode_Check(name) && is_refused_by_name(name);
  Py_XDECREF(name);
  if (refused) {
    return refuse(spec, PyUnicode_FromString("supports no own GIL in CPython 3.12"), false);
  }
  return name == NULL ? -1 : 0;
}

/* -- in the place of CPython's functions ------------------------------------------------------- */

typedef PyObject *(*fast_function)(PyObject *, PyObject *const *, Py_ssize_t);

static PyObject *create_dynamic(PyObject *self, PyObject *const *args, Py_ssize_t count);
static PyObject *create_builtin(PyObject *self, PyObject *spec);

static clutch_interception dynamic = {"_imp", "create_dynamic",
                                      (PyCFunction)(void (*)(void))create_dynamic, NULL};
static clutch_interception builtin = {"_imp", "create_builtin", create_builtin, NULL};

static bool is_left_alone(void) {
  const clutch_interpreter *slot = clutch_account_attached();
  return slot != NULL && slot->imports_unguarded;
}

static bool is_guarded(void) {
  return clutch_checks_extensions(PyInterpreterState_Get()) &&
         (CLUTCH_REFUSED_INIT_RUNS_HERE || !is_left_alone());
}

static int check_path(PyObject *spec, PyObject *origin, PyObject *path) {
  const char *fault = fault_of(path);
  if (fault != NULL) {
    return refuse(spec, PyUnicode_FromString(fault), false);
  }
  clutch_module_state *state = attached_state();
  return state == NULL || state->verdicts == NULL ? 0
                                                  : check_verdict(state->verdicts, spec, origin);
}

static int check_file(PyObject *spec) {
  PyObject *origin = PyObject_GetAttrString(spec, "origin");
  PyObject *path = NULL;
  int checked = origin == NULL ? -1 : 0;
  if (origin != NULL && PyUnicode_Check(origin) && PyUnicode_FSConverter(origin, &path)) {
    checked = check_path(spec, origin, path);
    Py_DECREF(path);
  } else if (origin != NULL) {
    PyErr_Clear(); /* CPython says it, too */
  }
  Py_XDECREF(origin);
  return checked;
}

static PyObject *create_dynamic(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  if (count > 0 && is_guarded() && (check_name(args[0]) != 0 || check_file(args[0]) != 0)) {
    return NULL;
  }
  return ((fast_function)(void (*)(void))dynamic.theirs)(self, args, count);
}

static PyObject *create_builtin(PyObject *self, PyObject *spec) {
  if (is_guarded() && check_name(spec) != 0) {
    return NULL;
  }
  return builtin.theirs(self, spec);
}

int clutch_import_guard_install(void) {
  return clutch_intercept_one(&dynamic) != 0 || clutch_intercept_one(&builtin) != 0 ? -1 : 0;
}
