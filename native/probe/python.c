#include "python.h"

#include "findings.h"
#include "isolated.h"
#include "worker.h"

#include <time.h>

/* -- starting ---------------------------------------------------------------------------------- */

static void check(PyStatus status, const char *doing) {
  if (PyStatus_Exception(status)) {
    probe_fail(doing, status.err_msg != NULL ? status.err_msg : "CPython asked to exit");
  }
}

static void set_string(PyConfig *config, wchar_t **field, const char *value) {
  if (*value != '\0') {
    check(PyConfig_SetBytesString(config, field, value), "CPython refuses its configuration");
  }
}

/* 3.13 tears down the static types of this module with the last interpreter that has it, without a
   lock (gh-136421); Clutch keeps them alive in the same way. */
static void keep_shared_types(void) {
#if PY_VERSION_HEX >= 0x030D0000 && PY_VERSION_HEX < 0x030E0000
  PyObject *module = PyImport_ImportModule("_datetime");
  PyErr_Clear(); /* a build without it has nothing to keep */
  Py_XDECREF(module);
#endif
}

void probe_start_python(const clutch_probe_task *task) {
  PyPreConfig before;
  PyConfig config;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  check(Py_PreInitialize(&before), "CPython does not start");
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0;
  config.write_bytecode = 0; /* nothing of the user's environment is changed */
  set_string(&config, &config.home, task->home);
  set_string(&config, &config.executable, task->executable);
  set_string(&config, &config.program_name, task->executable);
  check(Py_InitializeFromConfig(&config), "CPython does not start");
  PyConfig_Clear(&config);
  probe_this_worker()->interpreter = PyInterpreterState_Get();
  keep_shared_types();
}

/* -- interpreters ------------------------------------------------------------------------------ */

/* As InterpreterConfig.legacy() in Java has it: as Py_NewInterpreter does. */
static const PyInterpreterConfig legacy = _PyInterpreterConfig_LEGACY_INIT;

PyThreadState *probe_make_interpreter(bool own_gil) {
  PyThreadState *state = NULL;
  check(Py_NewInterpreterFromConfig(&state, own_gil ? &clutch_isolated : &legacy),
        "CPython makes no interpreter");
  probe_this_worker()->interpreter = PyThreadState_GetInterpreter(state);
  return state;
}

static int count_thread_states(PyInterpreterState *interpreter) {
  int count = 0;
  PyThreadState *each = PyInterpreterState_ThreadHead(interpreter);
  for (; each != NULL; each = PyThreadState_Next(each)) {
    count++;
  }
  return count;
}

#define THREADS_GET_MS 1000

/* Those that are about to end anyway may do so. */
static int wait_for_threads(PyThreadState *state) {
  const struct timespec shortly = {0, 1000000};
  PyInterpreterState *interpreter = PyThreadState_GetInterpreter(state);
  for (int i = 0; i < THREADS_GET_MS && count_thread_states(interpreter) > 1; i++) {
    PyEval_SaveThread();
    nanosleep(&shortly, NULL);
    PyEval_RestoreThread(state);
  }
  return count_thread_states(interpreter) - 1;
}

int probe_end_interpreter(PyThreadState *state) {
  int threads = wait_for_threads(state);
  if (threads > 0) {
    PyErr_Format(
        PyExc_RuntimeError,
        "%d threads that Python code started still run, so the interpreter cannot be closed",
        threads);
    return -1;
  }
  Py_EndInterpreter(state);
  probe_this_worker()->interpreter = NULL;
  return 0;
}
