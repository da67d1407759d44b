/* clutch.Queue: the Python type of queues. */
#include "arguments.h"
#include "module.h"
#include "passing.h"
#include "queue.h"

static clutch_queue *queue_of(PyObject *self) {
  return (clutch_queue *)((clutch_shared_object *)self)->shared;
}

/* -- errors ------------------------------------------------------------------------------------ */

static PyObject *raise_closed(PyObject *self) {
  return clutch_raise(self, "QueueClosed", "the queue is closed");
}

/* -- arguments --------------------------------------------------------------------------------- */

/* block and timeout, as those of queue.Queue. */
static int read_waiting(PyObject *const *values, int64_t *deadline) {
  int block = values[0] == NULL ? 1 : PyObject_IsTrue(values[0]);
  if (block < 0) {
    return -1;
  }
  *deadline = CLUTCH_NOT_AT_ALL;
  return block ? clutch_read_timeout(values[1], deadline) : 0;
}

/* -- putting ----------------------------------------------------------------------------------- */

static int put_message(clutch_passing *of, clutch_waiter *waiter, int64_t deadline) {
  return clutch_queue_put((clutch_queue *)of->shared, of->message, waiter, deadline);
}

static PyObject *put_value(PyObject *self, PyObject *value, int64_t deadline) {
  clutch_passing by = {.attempt = put_message};
  switch (clutch_send_in_python(self, &by, value, deadline)) {
  case CLUTCH_DONE:
    Py_RETURN_NONE;
  case CLUTCH_OTHER_CLOSED:
    return raise_closed(self);
  case CLUTCH_NOT_IN_TIME:
    return clutch_raise(self, "QueueFull", "the queue is full");
  default:
    return NULL;
  }
}

static PyObject *put(PyObject *self, PyObject *const *args, Py_ssize_t given, PyObject *keywords) {
  static const char *const names[] = {"obj", "block", "timeout"};
  PyObject *values[3] = {NULL};
  int64_t deadline;
  if (clutch_read_arguments(args, given, keywords, names, 3, values) != 0 ||
      read_waiting(values + 1, &deadline) != 0) {
    return NULL;
  }
  if (values[0] == NULL) {
    PyErr_SetString(PyExc_TypeError, "put() needs an object");
    return NULL;
  }
  return put_value(self, values[0], deadline);
}

static PyObject *put_nowait(PyObject *self, PyObject *value) {
  return put_value(self, value, CLUTCH_NOT_AT_ALL);
}

/* -- getting ----------------------------------------------------------------------------------- */

static int get_message(clutch_passing *of, clutch_waiter *waiter, int64_t deadline) {
  return clutch_queue_get((clutch_queue *)of->shared, true, &of->message, waiter, deadline);
}

static PyObject *get_value(PyObject *self, int64_t deadline) {
  clutch_passing by = {.attempt = get_message};
  PyObject *value = NULL;
  switch (clutch_receive_in_python(self, &by, &value, deadline)) {
  case CLUTCH_OTHER_CLOSED:
    return raise_closed(self);
  case CLUTCH_NOT_IN_TIME:
    return clutch_raise(self, "QueueEmpty", "the queue is empty");
  default:
    return value;
  }
}

static PyObject *get(PyObject *self, PyObject *const *args, Py_ssize_t given, PyObject *keywords) {
  static const char *const names[] = {"block", "timeout"};
  PyObject *values[2] = {NULL};
  int64_t deadline;
  if (clutch_read_arguments(args, given, keywords, names, 2, values) != 0 ||
      read_waiting(values, &deadline) != 0) {
    return NULL;
  }
  return get_value(self, deadline);
}

static PyObject *get_nowait(PyObject *self, PyObject *unused) {
  (void)unused;
  return get_value(self, CLUTCH_NOT_AT_ALL);
}

/* -- the rest ---------------------------------------------------------------------------------- */

static PyObject *qsize(PyObject *self, PyObject *unused) {
  (void)unused;
  return PyLong_FromLongLong(clutch_queue_size(queue_of(self)));
}

static PyObject *empty(PyObject *self, PyObject *unused) {
  (void)unused;
  return PyBool_FromLong(clutch_queue_size(queue_of(self)) == 0);
}

static PyObject *full(PyObject *self, PyObject *unused) {
  (void)unused;
  int64_t maxsize = clutch_queue_maxsize(queue_of(self));
  return PyBool_FromLong(maxsize > 0 && clutch_queue_size(queue_of(self)) >= maxsize);
}

static PyObject *close_queue(PyObject *self, PyObject *unused) {
  (void)unused;
  clutch_queue_close(queue_of(self));
  Py_RETURN_NONE;
}

static PyObject *get_maxsize(PyObject *self, void *unused) {
  (void)unused;
  return PyLong_FromLongLong(clutch_queue_maxsize(queue_of(self)));
}

static PyObject *get_closed(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(clutch_queue_is_closed(queue_of(self)));
}

static PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<clutch.Queue of %lld>",
                              (long long)clutch_queue_size(queue_of(self)));
}

/* Queue(maxsize=0) */
static PyObject *new_queue(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {"maxsize", NULL};
  long long maxsize = 0;
  clutch_interpreter *interpreter = clutch_interpreter_of_type(type);
  if (interpreter == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "|L", names, &maxsize)) {
    return NULL;
  }
  clutch_queue *queue = clutch_queue_new(maxsize < 0 ? 0 : maxsize);
  return queue == NULL ? PyErr_NoMemory()
                       : (PyObject *)clutch_shared_object_new(interpreter, (PyObject *)type,
                                                              (clutch_shared *)queue);
}

static PyMethodDef queue_methods[] = {
    {"put", (PyCFunction)(void (*)(void))put, METH_FASTCALL | METH_KEYWORDS,
     "put(obj, block=True, timeout=None)\n--\n\n"
     "Put a copy of the object at the end, waiting for room. Raise QueueFull if there was none in "
     "time (seconds)."},
    {"put_nowait", put_nowait, METH_O, "Put a copy of the object at the end, or raise QueueFull."},
    {"get", (PyCFunction)(void (*)(void))get, METH_FASTCALL | METH_KEYWORDS,
     "get(block=True, timeout=None)\n--\n\n"
     "Take the first object, waiting for one. Raise QueueEmpty if there was none in time "
     "(seconds)."},
    {"get_nowait", get_nowait, METH_NOARGS, "Take the first object, or raise QueueEmpty."},
    {"qsize", qsize, METH_NOARGS, "How many objects are in it now."},
    {"empty", empty, METH_NOARGS, "Whether there is none in it now."},
    {"full", full, METH_NOARGS, "Whether there is no room now."},
    {"close", close_queue, METH_NOARGS,
     "Refuse every further object. What is in it can still be taken; then get() raises "
     "QueueClosed."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"maxsize", get_maxsize, NULL, "How many objects it holds at most; 0 for any number.", NULL},
    {"closed", get_closed, NULL, "Whether it was closed.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Queue(maxsize=0)\n--\n\n"
                "A queue between interpreters and Java (PEP 734). Objects are copied."},
    {Py_tp_new, new_queue},
    {Py_tp_dealloc, clutch_shared_dealloc},
    {Py_tp_hash, clutch_shared_hash},
    {Py_tp_richcompare, clutch_shared_compare},
    {Py_tp_repr, repr},
    {Py_tp_methods, queue_methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "clutch.Queue",
    .basicsize = sizeof(clutch_shared_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int clutch_queue_add_type(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->queue_type = PyType_FromModuleAndSpec(module, &spec, NULL);
  return state->queue_type == NULL ? -1
                                   : PyModule_AddType(module, (PyTypeObject *)state->queue_type);
}
