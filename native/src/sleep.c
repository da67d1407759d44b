#include "sleep.h"

#include "module.h"
#include "waiting.h"

/* As time.sleep reads them, errors included. */
static int read_seconds(PyObject *seconds, int64_t *nanoseconds) {
  if (_PyTime_FromSecondsObject(nanoseconds, seconds, _PyTime_ROUND_TIMEOUT) != 0) {
    return -1;
  }
  if (*nanoseconds < 0) {
    PyErr_SetString(PyExc_ValueError, "sleep length must be non-negative");
    return -1;
  }
  return 0;
}

/* Nobody signals it. */
static int wait_alone(void *argument, clutch_waiter *waiter, int64_t deadline) {
  (void)argument;
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  clutch_wait_list list = {NULL, NULL};
  pthread_mutex_lock(&lock);
  int waited = clutch_wait(&list, &lock, waiter, deadline);
  pthread_mutex_unlock(&lock);
  return waited;
}

PyObject *clutch_sleep(PyObject *module, PyObject *seconds) {
  int64_t nanoseconds;
  clutch_interpreter *interpreter = clutch_interpreter_of_module(module);
  if (interpreter == NULL || PySys_Audit("time.sleep", "O", seconds) != 0 ||
      read_seconds(seconds, &nanoseconds) != 0) {
    return NULL;
  }
  /* One of no time at all gives up the GIL, as time.sleep(0) does. */
  int64_t deadline = nanoseconds == 0 ? clutch_now() : clutch_deadline(nanoseconds);
  int waited = clutch_wait_in_python(interpreter, wait_alone, NULL, deadline);
  return waited == CLUTCH_INTERRUPTED ? NULL : Py_NewRef(Py_None);
}
