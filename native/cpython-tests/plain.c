/* What Clutch is compared with: an interpreter with its own GIL, in a program without a JVM.

   usage: plain HOME EXECUTABLE SCRIPT ARGUMENT...

   CPython is started and the interpreter made as Clutch does both (runtime.c, interpreter.c), and
   what the JVM does for the whole process is done here too, so that what is left is Clutch. */
#define _GNU_SOURCE /* sigaction */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "isolated.h"

#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { STACK_BYTES = 64 << 20, USAGE = 2 };

typedef struct script {
  int argc;
  char **argv; /* the script first, as in sys.argv */
  PyInterpreterState *main_interpreter;
  int failed;
} script;

static void check(PyStatus status) {
  if (PyStatus_Exception(status)) {
    Py_ExitStatusException(status);
  }
}

static void start(const char *home, const char *executable) {
  PyPreConfig preconfig;
  PyPreConfig_InitIsolatedConfig(&preconfig);
  preconfig.utf8_mode = 1;
  check(Py_PreInitialize(&preconfig));
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0;
  check(PyConfig_SetBytesString(&config, &config.home, home));
  check(PyConfig_SetBytesString(&config, &config.executable, executable));
  check(PyConfig_SetBytesString(&config, &config.program_name, executable));
  check(Py_InitializeFromConfig(&config));
  PyConfig_Clear(&config);
}

static PyObject *arguments(const script *of) {
  PyObject *argv = PyList_New(0);
  for (int i = 0; argv != NULL && i < of->argc; i++) {
    PyObject *argument = PyUnicode_DecodeFSDefault(of->argv[i]);
    if (argument == NULL || PyList_Append(argv, argument) != 0) {
      Py_CLEAR(argv);
    }
    Py_XDECREF(argument);
  }
  return argv;
}

static int run_file(const script *of) {
  PyObject *argv = arguments(of);
  FILE *file = fopen(of->argv[0], "r");
  if (argv == NULL || PySys_SetObject("argv", argv) != 0 || file == NULL) {
    fprintf(stderr, "cannot run %s\n", of->argv[0]);
    return -1;
  }
  Py_DECREF(argv);
  return PyRun_SimpleFileEx(file, of->argv[0], 1);
}

static void *run(void *argument) {
  script *of = argument;
  PyThreadState *state = NULL;
  PyEval_RestoreThread(PyThreadState_New(of->main_interpreter));
  check(Py_NewInterpreterFromConfig(&state, &clutch_isolated));
  of->failed = run_file(of);
  fflush(NULL);
  return NULL;
}

/* Python code runs on a thread that is not CPython's main one, with the stack that Clutch gives. */
static int run_on_thread(script *of) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0 ||
      pthread_create(&thread, &attributes, run, of) != 0) {
    return -1;
  }
  pthread_join(thread, NULL);
  return of->failed;
}

static void do_nothing(int signal) { (void)signal; }

/* Those whose default would end the process, and that the JVM takes and forgets. */
static void take_signals(void) {
  struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGXFSZ, &action, NULL);
}

/* Nothing is finalized: threads that a test left may still run. */
int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: plain HOME EXECUTABLE SCRIPT ARGUMENT...\n");
    return USAGE;
  }
  setlocale(LC_ALL, "");
  take_signals();
  start(argv[1], argv[2]);
  script of = {argc - 3, argv + 3, PyInterpreterState_Get(), 0};
  PyEval_SaveThread();
  _Exit(run_on_thread(&of) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
