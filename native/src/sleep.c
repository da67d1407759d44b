#include "sleep.h"

#include "module.h"
#include "waiting.h"

#include <math.h>

#define SECOND 1000000000

static int too_large(void) {
  PyErr_SetString(PyExc_OverflowError, "timestamp too large to convert to C PyTime_t");
  return -1;
}

static int read_float(double seconds, int64_t *nanoseconds) {
  double rounded = ceil(seconds * SECOND);
  if (isnan(seconds)) {
    PyErr_SetString(PyExc_ValueError, "Invalid value NaN (not a number)");
    return -1;
  }
  if (rounded >= (double)INT64_MAX) {
    return too_large();
  }
  *nanoseconds = rounded < 0 ? -1 : (int64_t)rounded;
  return 0;
}

static int read_int(PyObject *seconds, int64_t *nanoseconds) {
  PyObject *index = PyNumber_Index(seconds);
  int overflow = 0;
  long long whole = index == NULL ? -1 : PyLong_AsLongLongAndOverflow(index, &overflow);
  Py_XDECREF(index);
  if (PyErr_Occurred()) {
    return -1;
  }
  if (overflow > 0 || whole > INT64_MAX / SECOND) {
    return too_large();
  }
  *nanoseconds = overflow < 0 || whole < 0 ? -1 : whole * SECOND;
  return 0;
}

/* As time.sleep reads them, errors included. */
static int read_seconds(PyObject *seconds, int64_t *nanoseconds) {
  int done = PyFloat_Check(seconds) ? read_float(PyFloat_AS_DOUBLE(seconds), nanoseconds)
                                    : read_int(seconds, nanoseconds);
  if (done == 0 && *nanoseconds < 0) {
    PyErr_SetString(PyExc_ValueError, "sleep length must be non-negative");
    return -1;
  }
  return done;
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
  int64_t now = clutch_now();
  int64_t deadline = nanoseconds < CLUTCH_FOREVER - now ? now + nanoseconds : CLUTCH_FOREVER;
  int waited = clutch_wait_in_python(interpreter, wait_alone, NULL, deadline);
  return waited == CLUTCH_INTERRUPTED ? NULL : Py_NewRef(Py_None);
}
