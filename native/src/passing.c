#include "passing.h"

#include "interrupt.h"
#include "module.h"

static clutch_interpreter *interpreter_of(PyObject *self) {
  return ((clutch_shared_object *)self)->interpreter;
}

static int attempt(void *argument, clutch_waiter *waiter, int64_t deadline) {
  clutch_passing *of = argument;
  int answer = of->attempt(of, waiter, deadline);
  return answer == CLUTCH_WAS_INTERRUPTED ? CLUTCH_INTERRUPTED : answer;
}

/* Mostly it need not wait, and then the GIL stays. */
static int pass(PyObject *self, clutch_passing *of, int64_t deadline) {
  of->shared = ((clutch_shared_object *)self)->shared;
  int answer = of->attempt(of, NULL, CLUTCH_NOT_AT_ALL);
  if (answer == CLUTCH_NOT_IN_TIME && deadline != CLUTCH_NOT_AT_ALL) {
    clutch_interrupt_later(); /* another thread may send it while this one is waiting for the GIL */
    answer = clutch_wait_in_python(interpreter_of(self), attempt, of, deadline);
  }
  if (answer == CLUTCH_DONE) {
    clutch_interrupt_later();
  }
  return answer;
}

int clutch_send_in_python(PyObject *self, clutch_passing *by, PyObject *value, int64_t deadline) {
  if (clutch_module_refuse_when_gone(interpreter_of(self)) != 0) {
    return CLUTCH_INTERRUPTED;
  }
  by->message = clutch_message_from_python(interpreter_of(self), value);
  if (by->message == NULL) {
    return CLUTCH_INTERRUPTED;
  }
  int answer = pass(self, by, deadline);
  if (answer != CLUTCH_DONE) {
    clutch_message_release(by->message);
  }
  return answer;
}

int clutch_receive_in_python(PyObject *self, clutch_passing *by, PyObject **value,
                             int64_t deadline) {
  if (clutch_module_refuse_when_gone(interpreter_of(self)) != 0) {
    return CLUTCH_INTERRUPTED;
  }
  int answer = pass(self, by, deadline);
  if (answer != CLUTCH_DONE) {
    return answer;
  }
  *value = clutch_message_to_python(interpreter_of(self), by->message);
  clutch_message_release(by->message);
  return *value == NULL ? CLUTCH_INTERRUPTED : CLUTCH_DONE;
}

PyObject *clutch_raise(PyObject *self, const char *type_name, const char *message) {
  PyObject *module = PyType_GetModule(Py_TYPE(self));
  PyObject *type = PyObject_GetAttrString(module, type_name);
  if (type != NULL) {
    PyErr_SetString(type, message);
    Py_DECREF(type);
  }
  return NULL;
}
