/* clutch.SendEnd and clutch.ReceiveEnd: the Python types of the ends of channels. */
#include "arguments.h"
#include "channel.h"
#include "module.h"
#include "passing.h"

static clutch_channel_end *end_of(PyObject *self) {
  return (clutch_channel_end *)((clutch_shared_object *)self)->shared;
}

/* -- errors ------------------------------------------------------------------------------------ */

/* For an answer other than DONE and OTHER_CLOSED. */
static PyObject *raise_answer(PyObject *self, int answer) {
  switch (answer) {
  case CLUTCH_NOT_IN_TIME:
    PyErr_SetNone(PyExc_TimeoutError);
    return NULL;
  case CLUTCH_CLOSED_HERE:
    return clutch_raise(self, "ChannelClosed", "this end of the channel is closed");
  case CLUTCH_BROKEN:
    return clutch_raise(
        self, "ChannelClosed",
        "the channel is broken: somebody else has read from its pipe, or written to it");
  case CLUTCH_INTERRUPTED: /* the exception is set */
    return NULL;
  default:
    return PyErr_NoMemory();
  }
}

/* -- sending ----------------------------------------------------------------------------------- */

static clutch_channel *channel_of(const clutch_passing *of) {
  return ((clutch_channel_end *)of->shared)->channel;
}

static int send_message(clutch_passing *of, clutch_waiter *waiter, int64_t deadline) {
  return clutch_channel_send(channel_of(of), of->message, waiter, deadline);
}

static PyObject *send_value(PyObject *self, PyObject *value, int64_t deadline) {
  clutch_passing by = {.attempt = send_message};
  int answer = clutch_send_in_python(self, &by, value, deadline);
  if (answer == CLUTCH_OTHER_CLOSED) {
    return clutch_raise(self, "ChannelClosed", "the end of the channel that receives is closed");
  }
  return answer == CLUTCH_DONE ? Py_NewRef(Py_None) : raise_answer(self, answer);
}

static PyObject *send(PyObject *self, PyObject *const *args, Py_ssize_t given, PyObject *keywords) {
  static const char *const names[] = {"obj", "timeout"};
  PyObject *values[2] = {NULL};
  int64_t deadline;
  if (clutch_read_arguments(args, given, keywords, names, 2, values) != 0 ||
      clutch_read_timeout(values[1], &deadline) != 0) {
    return NULL;
  }
  if (values[0] == NULL) {
    PyErr_SetString(PyExc_TypeError, "send() needs an object");
    return NULL;
  }
  return send_value(self, values[0], deadline);
}

static PyObject *send_nowait(PyObject *self, PyObject *value) {
  return send_value(self, value, CLUTCH_NOT_AT_ALL);
}

/* -- receiving --------------------------------------------------------------------------------- */

static int receive_message(clutch_passing *of, clutch_waiter *waiter, int64_t deadline) {
  return clutch_channel_receive(channel_of(of), &of->message, waiter, deadline);
}

/* NULL without an exception at the end. */
static PyObject *receive_next(PyObject *self, int64_t deadline) {
  clutch_passing by = {.attempt = receive_message};
  PyObject *value = NULL;
  int answer = clutch_receive_in_python(self, &by, &value, deadline);
  return answer == CLUTCH_DONE || answer == CLUTCH_OTHER_CLOSED ? value
                                                                : raise_answer(self, answer);
}

static PyObject *receive_value(PyObject *self, int64_t deadline) {
  PyObject *value = receive_next(self, deadline);
  if (value == NULL && !PyErr_Occurred()) {
    PyErr_SetString(PyExc_EOFError, "the channel is at its end");
  }
  return value;
}

static PyObject *receive(PyObject *self, PyObject *const *args, Py_ssize_t given,
                         PyObject *keywords) {
  static const char *const names[] = {"timeout"};
  PyObject *values[1] = {NULL};
  int64_t deadline;
  if (clutch_read_arguments(args, given, keywords, names, 1, values) != 0 ||
      clutch_read_timeout(values[0], &deadline) != 0) {
    return NULL;
  }
  return receive_value(self, deadline);
}

static PyObject *receive_nowait(PyObject *self, PyObject *unused) {
  (void)unused;
  return receive_value(self, CLUTCH_NOT_AT_ALL);
}

static PyObject *iterate_next(PyObject *self) { return receive_next(self, CLUTCH_FOREVER); }

static PyObject *receive_async(PyObject *self, PyObject *unused) {
  (void)unused;
  clutch_module_state *state = PyType_GetModuleState(Py_TYPE(self));
  return PyObject_CallOneArg(state->receive_async, self);
}

static PyObject *iterate_next_async(PyObject *self) {
  clutch_module_state *state = PyType_GetModuleState(Py_TYPE(self));
  return PyObject_CallOneArg(state->next_async, self);
}

/* -- several channels -------------------------------------------------------------------------- */

typedef struct selection {
  clutch_channel **channels;
  bool *ready;
  size_t count;
} selection;

static int select_waiting(void *argument, clutch_waiter *waiter, int64_t deadline) {
  selection *of = argument;
  int answer = clutch_channel_select(of->channels, of->count, of->ready, waiter, deadline);
  return answer == CLUTCH_WAS_INTERRUPTED ? CLUTCH_INTERRUPTED : answer;
}

/* -1 with an exception set for something that is no such end. */
static int read_ends(PyObject *type, PyObject *ends, selection *of) {
  for (size_t i = 0; i < of->count; i++) {
    PyObject *end = PyTuple_GET_ITEM(ends, (Py_ssize_t)i);
    if (!Py_IS_TYPE(end, (PyTypeObject *)type)) {
      PyErr_Format(PyExc_TypeError, "select() waits for clutch.ReceiveEnd, but ends[%zu] is a %s",
                   i, Py_TYPE(end)->tp_name);
      return -1;
    }
    of->channels[i] = end_of(end)->channel;
  }
  return 0;
}

static PyObject *list_ready(PyObject *ends, const selection *of) {
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list != NULL && i < of->count; i++) {
    if (of->ready[i] && PyList_Append(list, PyTuple_GET_ITEM(ends, (Py_ssize_t)i)) != 0) {
      Py_CLEAR(list);
    }
  }
  return list;
}

static PyObject *select_among(clutch_module_state *state, PyObject *ends, int64_t deadline) {
  size_t count = (size_t)PyTuple_GET_SIZE(ends);
  selection of = {calloc(count + 1, sizeof(void *)), calloc(count + 1, sizeof *of.ready), count};
  PyObject *list = NULL;
  if (of.channels == NULL || of.ready == NULL) {
    PyErr_NoMemory();
  } else if (clutch_module_refuse_when_gone(state->interpreter) == 0 &&
             read_ends(state->receive_end_type, ends, &of) == 0) {
    int answer = clutch_wait_in_python(state->interpreter, select_waiting, &of, deadline);
    if (answer == CLUTCH_NO_MEMORY) {
      PyErr_SetFromErrno(PyExc_OSError);
    } else if (answer != CLUTCH_INTERRUPTED) {
      list = list_ready(ends, &of);
    }
  }
  free((void *)of.channels);
  free(of.ready);
  return list;
}

PyObject *clutch_channel_select_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                          PyObject *keywords) {
  static const char *const names[] = {"ends", "timeout"};
  PyObject *values[2] = {NULL};
  int64_t deadline;
  clutch_interpreter *interpreter = clutch_interpreter_of_module(module);
  if (interpreter == NULL || clutch_read_arguments(args, given, keywords, names, 2, values) != 0 ||
      clutch_read_timeout(values[1], &deadline) != 0) {
    return NULL;
  }
  PyObject *ends = PySequence_Tuple(values[0] == NULL ? Py_None : values[0]);
  PyObject *list = ends == NULL ? NULL : select_among(PyModule_GetState(module), ends, deadline);
  Py_XDECREF(ends);
  return list;
}

/* -- the rest ---------------------------------------------------------------------------------- */

static PyObject *close_end(PyObject *self, PyObject *unused) {
  (void)unused;
  clutch_channel_close_end(end_of(self));
  Py_RETURN_NONE;
}

static PyObject *enter(PyObject *self, PyObject *unused) {
  (void)unused;
  return Py_NewRef(self);
}

static PyObject *leave(PyObject *self, PyObject *unused) { return close_end(self, unused); }

static PyObject *get_fileno(PyObject *self, PyObject *unused) {
  (void)unused;
  int fd = clutch_channel_end_fd(end_of(self));
  return fd < 0 ? raise_answer(self, CLUTCH_CLOSED_HERE) : PyLong_FromLong(fd);
}

/* For clutch.py: nobody can close this one, so its number stays the pipe's. */
static PyObject *duplicate(PyObject *self, PyObject *unused) {
  (void)unused;
  int fd = clutch_channel_end_duplicate(end_of(self));
  return fd >= 0    ? PyLong_FromLong(fd)
         : fd == -1 ? raise_answer(self, CLUTCH_CLOSED_HERE)
                    : PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *get_closed(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(end_of(self)->closed);
}

static PyObject *get_capacity(PyObject *self, void *unused) {
  (void)unused;
  return PyLong_FromLong(end_of(self)->channel->capacity);
}

static PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<%s%s>", Py_TYPE(self)->tp_name,
                              end_of(self)->closed ? ", closed" : "");
}

PyObject *clutch_channel_open_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                        PyObject *keywords) {
  static const char *const names[] = {"capacity"};
  PyObject *values[1] = {NULL};
  clutch_interpreter *interpreter = clutch_interpreter_of_module(module);
  if (interpreter == NULL || clutch_read_arguments(args, given, keywords, names, 1, values) != 0) {
    return NULL;
  }
  long capacity = values[0] == NULL || values[0] == Py_None ? 0 : PyLong_AsLong(values[0]);
  if (PyErr_Occurred()) {
    return NULL;
  }
  if (capacity < 0 || capacity > INT32_MAX) {
    PyErr_Format(PyExc_ValueError, "a channel of %ld bytes", capacity);
    return NULL;
  }
  clutch_channel *channel = clutch_channel_open((int)capacity);
  if (channel == NULL) {
    return PyErr_SetFromErrno(PyExc_OSError);
  }
  clutch_module_state *state = PyModule_GetState(module);
  PyObject *receive_end = (PyObject *)clutch_shared_object_new(interpreter, state->receive_end_type,
                                                               &channel->receive_end.shared);
  PyObject *send_end = (PyObject *)clutch_shared_object_new(interpreter, state->send_end_type,
                                                            &channel->send_end.shared);
  PyObject *both =
      receive_end == NULL || send_end == NULL ? NULL : PyTuple_Pack(2, receive_end, send_end);
  Py_XDECREF(receive_end);
  Py_XDECREF(send_end);
  return both;
}

#define FAST(function) ((PyCFunction)(void (*)(void))(function))

#define METHODS_OF_BOTH                                                                            \
  {"close", close_end, METH_NOARGS, "Close this end of the channel, for everybody who has it."},   \
      {"fileno", get_fileno, METH_NOARGS,                                                          \
       "The descriptor, for select: it becomes ready when the end does. Nothing may be read from " \
       "it or written to it."},                                                                    \
      {"__enter__", enter, METH_NOARGS, NULL}, {                                                   \
    "__exit__", leave, METH_VARARGS, NULL                                                          \
  }

static PyMethodDef send_methods[] = {
    {"send", FAST(send), METH_FASTCALL | METH_KEYWORDS,
     "send(obj, timeout=None)\n--\n\n"
     "Send a copy of the object, waiting for room. Raise TimeoutError if there was none in time "
     "(seconds), and ChannelClosed if nobody can receive it."},
    {"send_nowait", send_nowait, METH_O,
     "Send a copy of the object, or raise TimeoutError if there is no room."},
    METHODS_OF_BOTH,
    {NULL, NULL, 0, NULL},
};

static PyMethodDef receive_methods[] = {
    {"receive", FAST(receive), METH_FASTCALL | METH_KEYWORDS,
     "receive(timeout=None)\n--\n\n"
     "Receive the next object, waiting for it. Raise TimeoutError if there was none in time "
     "(seconds), and EOFError at the end."},
    {"receive_nowait", receive_nowait, METH_NOARGS,
     "Receive the next object, or raise TimeoutError if there is none."},
    {"receive_async", receive_async, METH_NOARGS,
     "Receive the next object in a coroutine of asyncio."},
    {"_duplicate", duplicate, METH_NOARGS, NULL},
    METHODS_OF_BOTH,
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"closed", get_closed, NULL, "Whether this end was closed.", NULL},
    {"capacity", get_capacity, NULL, "How many bytes the pipe holds.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot send_slots[] = {
    {Py_tp_doc, "The end of a channel to send at."},
    {Py_tp_dealloc, clutch_shared_dealloc},
    {Py_tp_hash, clutch_shared_hash},
    {Py_tp_richcompare, clutch_shared_compare},
    {Py_tp_repr, repr},
    {Py_tp_methods, send_methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

static PyType_Slot receive_slots[] = {
    {Py_tp_doc,
     "The end of a channel to receive at. Iterating receives to the end, async for, too."},
    {Py_tp_dealloc, clutch_shared_dealloc},
    {Py_tp_hash, clutch_shared_hash},
    {Py_tp_richcompare, clutch_shared_compare},
    {Py_tp_repr, repr},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, iterate_next},
    {Py_am_aiter, PyObject_SelfIter},
    {Py_am_anext, iterate_next_async},
    {Py_tp_methods, receive_methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

static PyType_Spec specs[] = {
    {.name = "clutch.SendEnd",
     .basicsize = sizeof(clutch_shared_object),
     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
     .slots = send_slots},
    {.name = "clutch.ReceiveEnd",
     .basicsize = sizeof(clutch_shared_object),
     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
     .slots = receive_slots},
};

static PyObject *add_type(PyObject *module, PyType_Spec *spec) {
  PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
  if (type != NULL && PyModule_AddType(module, (PyTypeObject *)type) != 0) {
    Py_CLEAR(type);
  }
  return type;
}

int clutch_channel_add_types(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  state->send_end_type = add_type(module, &specs[0]);
  state->receive_end_type = add_type(module, &specs[1]);
  return state->send_end_type == NULL || state->receive_end_type == NULL ? -1 : 0;
}
