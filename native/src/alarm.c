#include "alarm.h"

#include "shared.h"
#include "waiting.h"

typedef struct alarm_object {
  PyObject_HEAD
  clutch_interpreter *interpreter; /* NULL when it is closed */
  clutch_waiter waiter;
} alarm_object;

static void close_alarm(alarm_object *of) {
  if (of->interpreter != NULL) {
    clutch_waiter_strike_off(of->interpreter, &of->waiter);
    clutch_waiter_close(&of->waiter);
    of->interpreter = NULL;
  }
}

static PyObject *new_alarm(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {NULL};
  clutch_interpreter *interpreter = clutch_interpreter_of_type(type);
  if (interpreter == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "", names)) {
    return NULL;
  }
  alarm_object *made = (alarm_object *)type->tp_alloc(type, 0);
  if (made == NULL) {
    return NULL;
  }
  made->waiter = (clutch_waiter)CLUTCH_NEW_WAITER;
  if (clutch_waiter_open(&made->waiter) != 0) {
    Py_DECREF(made);
    return PyErr_SetFromErrno(PyExc_OSError);
  }
  made->interpreter = interpreter;
  clutch_waiter_enlist(interpreter, &made->waiter);
  return (PyObject *)made;
}

static void dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  close_alarm((alarm_object *)self);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *get_fileno(PyObject *self, PyObject *unused) {
  (void)unused;
  return PyLong_FromLong(((alarm_object *)self)->waiter.wake_fd);
}

static PyObject *enter(PyObject *self, PyObject *unused) {
  (void)unused;
  return Py_NewRef(self);
}

static PyObject *leave(PyObject *self, PyObject *unused) {
  (void)unused;
  close_alarm((alarm_object *)self);
  Py_RETURN_NONE;
}

static PyMethodDef alarm_methods[] = {
    {"fileno", get_fileno, METH_NOARGS, NULL},
    {"__enter__", enter, METH_NOARGS, NULL},
    {"__exit__", leave, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Becomes readable when the interpreter is interrupted."},
    {Py_tp_new, new_alarm},
    {Py_tp_dealloc, dealloc},
    {Py_tp_methods, alarm_methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "clutch._Alarm",
    .basicsize = sizeof(alarm_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int clutch_alarm_add_type(PyObject *module) {
  PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
  int done = type == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)type);
  Py_XDECREF(type);
  return done;
}
