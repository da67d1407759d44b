#include "shared_buffer.h"

#include "layout.h"
#include "module.h"

typedef struct shared_buffer {
  clutch_shared_object base;
  clutch_layout layout;
} shared_buffer;

static clutch_memory *memory_of(PyObject *self) {
  return (clutch_memory *)((clutch_shared_object *)self)->shared;
}

static clutch_layout *layout_of(PyObject *self) { return &((shared_buffer *)self)->layout; }

/* Takes over the reference to the memory. */
static PyObject *new_object(clutch_interpreter *interpreter, PyObject *type, clutch_memory *memory,
                            const clutch_layout *layout) {
  PyObject *made = (PyObject *)clutch_shared_object_new(interpreter, type, &memory->shared);
  if (made != NULL) {
    *layout_of(made) = *layout;
  }
  return made;
}

/* Likewise. The memoryview of a new object. */
static PyObject *new_view(clutch_interpreter *interpreter, PyObject *type, clutch_memory *memory,
                          const clutch_layout *layout) {
  PyObject *object = new_object(interpreter, type, memory, layout);
  PyObject *view = object == NULL ? NULL : PyMemoryView_FromObject(object);
  Py_XDECREF(object);
  return view;
}

/* -- the buffer protocol: as memoryview answers requests --------------------------------------- */

static int refuse_request(const char *problem) {
  PyErr_Format(PyExc_BufferError, "SharedBuffer: %s", problem);
  return -1;
}

static bool has(int flags, int flag) { return (flags & flag) == flag; }

static int check_request(const Py_buffer *all, int flags) {
  if (has(flags, PyBUF_F_CONTIGUOUS) && !PyBuffer_IsContiguous(all, 'F')) {
    return refuse_request("the memory is not Fortran contiguous");
  }
  if (!has(flags, PyBUF_ND) && has(flags, PyBUF_FORMAT)) {
    return refuse_request("a format needs a shape: PyBUF_FORMAT without PyBUF_ND");
  }
  return 0;
}

static void describe(Py_buffer *view, PyObject *self) {
  clutch_layout *layout = layout_of(self);
  *view = (Py_buffer){
      .buf = memory_of(self)->data + layout->offset,
      .len = layout->length,
      .itemsize = layout->itemsize,
      .ndim = layout->ndim,
      .format = layout->format,
      .shape = layout->ndim == 0 ? NULL : layout->shape,
      .strides = layout->ndim == 0 ? NULL : layout->strides,
  };
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags) {
  describe(view, self);
  if (check_request(view, flags) != 0) {
    return -1;
  }
  if (!has(flags, PyBUF_FORMAT)) {
    view->format = NULL;
  }
  if (!has(flags, PyBUF_STRIDES)) {
    view->strides = NULL;
  }
  if (!has(flags, PyBUF_ND)) {
    view->shape = NULL;
    view->ndim = 1;
  }
  view->obj = Py_NewRef(self);
  return 0;
}

/* -- words ------------------------------------------------------------------------------------- */

/* The position in the block of the word of that number; -1 with an exception set. */
static int64_t position_of(PyObject *self, PyObject *index) {
  const clutch_layout *layout = layout_of(self);
  Py_ssize_t number = PyNumber_AsSsize_t(index, PyExc_IndexError);
  if (number == -1 && PyErr_Occurred()) {
    return -1;
  }
  if (layout->offset % 8 != 0) {
    PyErr_Format(PyExc_ValueError,
                 "words are aligned to 8 bytes, but this view begins at byte %lld of its memory",
                 (long long)layout->offset);
    return -1;
  }
  if (number < 0 || number >= layout->length / 8) {
    PyErr_Format(PyExc_IndexError, "word %zd of %zd", number, layout->length / 8);
    return -1;
  }
  return layout->offset + 8 * number;
}

static _Atomic int64_t *word_of(PyObject *self, PyObject *index) {
  int64_t position = position_of(self, index);
  return position < 0 ? NULL : clutch_memory_word(memory_of(self), position);
}

/* The values of a word and so many numbers: NULL, with an exception set, if they are none. */
static _Atomic int64_t *read_numbers(PyObject *self, PyObject *const *args, Py_ssize_t given,
                                     long long *numbers, Py_ssize_t count) {
  if (given != count + 1) {
    PyErr_Format(PyExc_TypeError, "%zd arguments are needed, but %zd were given", count + 1, given);
    return NULL;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    numbers[i] = PyLong_AsLongLong(args[i + 1]);
    if (numbers[i] == -1 && PyErr_Occurred()) {
      return NULL;
    }
  }
  return word_of(self, args[0]);
}

static PyObject *get(PyObject *self, PyObject *index) {
  _Atomic int64_t *word = word_of(self, index);
  return word == NULL ? NULL : PyLong_FromLongLong(atomic_load(word));
}

static PyObject *set(PyObject *self, PyObject *const *args, Py_ssize_t given) {
  long long value;
  _Atomic int64_t *word = read_numbers(self, args, given, &value, 1);
  if (word == NULL) {
    return NULL;
  }
  atomic_store(word, value);
  Py_RETURN_NONE;
}

static PyObject *add(PyObject *self, PyObject *const *args, Py_ssize_t given) {
  long long delta;
  _Atomic int64_t *word = read_numbers(self, args, given, &delta, 1);
  return word == NULL ? NULL : PyLong_FromLongLong(atomic_fetch_add(word, delta));
}

static PyObject *compare_and_set(PyObject *self, PyObject *const *args, Py_ssize_t given) {
  long long values[2];
  _Atomic int64_t *word = read_numbers(self, args, given, values, 2);
  if (word == NULL) {
    return NULL;
  }
  int64_t expected = values[0];
  return PyBool_FromLong(atomic_compare_exchange_strong(word, &expected, values[1]));
}

/* -- waiting ----------------------------------------------------------------------------------- */

typedef struct expectation {
  clutch_memory *memory;
  int64_t position;
  int64_t value;
} expectation;

static int wait_for(void *argument, clutch_waiter *waiter, int64_t deadline) {
  expectation *of = argument;
  return clutch_memory_wait(of->memory, of->position, of->value, waiter, deadline);
}

static PyObject *wait_in(clutch_interpreter *interpreter, expectation *of, int64_t deadline) {
  int waited = clutch_memory_wait(of->memory, of->position, of->value, NULL, CLUTCH_NOT_AT_ALL);
  if (waited == CLUTCH_TIMED_OUT && deadline != CLUTCH_NOT_AT_ALL) {
    waited = clutch_wait_in_python(interpreter, wait_for, of, deadline);
  }
  return waited == CLUTCH_INTERRUPTED ? NULL : PyBool_FromLong(waited == CLUTCH_SIGNALLED);
}

static PyObject *wait_method(PyObject *self, PyObject *args, PyObject *keywords) {
  static char *names[] = {"index", "expected", "timeout", NULL};
  PyObject *index;
  long long expected;
  PyObject *timeout = NULL;
  int64_t deadline;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OL|O:wait", names, &index, &expected,
                                   &timeout) ||
      clutch_read_timeout(timeout, &deadline) != 0) {
    return NULL;
  }
  expectation of = {memory_of(self), position_of(self, index), expected};
  clutch_interpreter *interpreter = ((clutch_shared_object *)self)->interpreter;
  return of.position < 0 || clutch_module_refuse_when_gone(interpreter) != 0
             ? NULL
             : wait_in(interpreter, &of, deadline);
}

static PyObject *notify_some(PyObject *self, PyObject *index, int64_t most) {
  int64_t position = position_of(self, index);
  return position < 0 ? NULL
                      : PyLong_FromLongLong(clutch_memory_notify(memory_of(self), position, most));
}

static PyObject *notify(PyObject *self, PyObject *args, PyObject *keywords) {
  static char *names[] = {"index", "count", NULL};
  PyObject *index;
  long long count = 1;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|L:notify", names, &index, &count)) {
    return NULL;
  }
  if (count < 0) {
    PyErr_Format(PyExc_ValueError, "count must not be negative, but it is %lld", count);
    return NULL;
  }
  return notify_some(self, index, count);
}

static PyObject *notify_all(PyObject *self, PyObject *index) {
  return notify_some(self, index, INT64_MAX);
}

/* -- views and the rest ------------------------------------------------------------------------ */

static PyObject *view(PyObject *self, PyObject *args, PyObject *keywords) {
  static char *names[] = {"format", "shape", NULL};
  PyObject *format = NULL;
  PyObject *shape = NULL;
  clutch_layout layout;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OO:view", names, &format, &shape) ||
      clutch_layout_of_view(&layout, layout_of(self), format, shape) != 0) {
    return NULL;
  }
  clutch_memory *memory = memory_of(self);
  clutch_shared_retain(&memory->shared);
  return new_view(((clutch_shared_object *)self)->interpreter, (PyObject *)Py_TYPE(self), memory,
                  &layout);
}

static Py_ssize_t length(PyObject *self) {
  const clutch_layout *layout = layout_of(self);
  if (layout->ndim == 0) {
    PyErr_SetString(PyExc_TypeError, "a view of no dimensions has no length");
    return -1;
  }
  return layout->shape[0];
}

static PyObject *get_nbytes(PyObject *self, void *unused) {
  (void)unused;
  return PyLong_FromSsize_t(layout_of(self)->length);
}

static PyObject *get_format(PyObject *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(layout_of(self)->format);
}

static PyObject *get_shape(PyObject *self, void *unused) {
  (void)unused;
  return clutch_layout_shape(layout_of(self));
}

static PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<clutch.SharedBuffer of %zd bytes>", layout_of(self)->length);
}

static PyObject *compare(PyObject *self, PyObject *other, int operation) {
  PyObject *same = clutch_shared_compare(self, other, operation);
  bool told_apart = same == (operation == Py_EQ ? Py_False : Py_True);
  if (same == NULL || same == Py_NotImplemented || told_apart) {
    return same;
  }
  Py_DECREF(same);
  bool equal = clutch_layout_equals(layout_of(self), layout_of(other));
  return PyBool_FromLong(equal == (operation == Py_EQ));
}

static PyObject *new_block(clutch_interpreter *interpreter, PyTypeObject *type, long long size) {
  if (size < 1 || size > CLUTCH_MOST_MEMORY) {
    return PyErr_Format(PyExc_ValueError,
                        "a SharedBuffer has 1 to %lld bytes (2 GiB - 1), but not %lld",
                        (long long)CLUTCH_MOST_MEMORY, size);
  }
  clutch_memory *memory = clutch_memory_new(size);
  if (memory == NULL) {
    return PyErr_NoMemory();
  }
  clutch_layout layout;
  clutch_layout_of_bytes(&layout, size);
  return new_object(interpreter, (PyObject *)type, memory, &layout);
}

/* SharedBuffer(size) */
static PyObject *new_buffer(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {"size", NULL};
  long long size;
  clutch_interpreter *interpreter = clutch_interpreter_of_type(type);
  return interpreter == NULL ||
                 !PyArg_ParseTupleAndKeywords(args, keywords, "L:SharedBuffer", names, &size)
             ? NULL
             : new_block(interpreter, type, size);
}

/* -- crossing ---------------------------------------------------------------------------------- */

int clutch_shared_buffer_encode(clutch_writer *writer, PyObject *object) {
  return clutch_layout_encode(writer, layout_of(object));
}

PyObject *clutch_shared_buffer_decode(clutch_reader *reader, clutch_shared *memory,
                                      PyObject *details) {
  clutch_layout layout;
  if (!clutch_layout_decode(&layout, details, (clutch_memory *)memory)) {
    PyErr_SetString(PyExc_ValueError, "malformed value");
    return NULL;
  }
  PyObject *type = clutch_module_state_of(reader->interpreter)->shared_buffer_type;
  return new_view(reader->interpreter, type, (clutch_memory *)clutch_shared_retain(memory),
                  &layout);
}

/* A ByteBuffer has no format and no shape. */
static int encode_bytes(clutch_writer *writer, const clutch_layout *layout, bool readonly) {
  return clutch_write_count(writer, '(', 3) != 0 ||
                 clutch_write_long(writer, layout->offset) != 0 ||
                 clutch_write_long(writer, layout->length) != 0 ||
                 clutch_write_tag(writer, readonly ? 'T' : 'F') != 0
             ? -1
             : 0;
}

static int encode_held(clutch_writer *writer, const Py_buffer *shown) {
  clutch_layout layout;
  if ((writer->message && shown->readonly) || !PyBuffer_IsContiguous(shown, 'C') ||
      !clutch_layout_of_buffer(&layout, shown, memory_of(shown->obj))) {
    return 1;
  }
  return clutch_write_shared(writer, &memory_of(shown->obj)->shared) != 0 ? -1
         : writer->message ? clutch_layout_encode(writer, &layout)
                           : encode_bytes(writer, &layout, shown->readonly);
}

/* What a memoryview shows is only to be looked at while it cannot be released. */
int clutch_shared_buffer_encode_view(clutch_writer *writer, PyObject *view) {
  Py_buffer held;
  if (PyObject_GetBuffer(view, &held, PyBUF_FULL_RO) != 0) {
    PyErr_Clear();
    return 1;
  }
  const Py_buffer *shown = PyMemoryView_GET_BUFFER(view);
  PyObject *type = clutch_module_state_of(writer->interpreter)->shared_buffer_type;
  bool ours = shown->obj != NULL && Py_IS_TYPE(shown->obj, (PyTypeObject *)type);
  int done = ours ? encode_held(writer, shown) : 1;
  PyBuffer_Release(&held);
  return done;
}

/* -- the type ---------------------------------------------------------------------------------- */

static PyMethodDef buffer_methods[] = {
    {"view", (PyCFunction)(void (*)(void))view, METH_VARARGS | METH_KEYWORDS,
     "view(format='B', shape=None)\n--\n\n"
     "A memoryview of the same memory, as items of that format: one dimension of as many as fit, "
     "or of that shape, in C order."},
    {"get", get, METH_O, "get(index, /)\n--\n\nThe word, a signed int of 64 bits. Atomic."},
    {"set", (PyCFunction)(void (*)(void))set, METH_FASTCALL,
     "set(index, value, /)\n--\n\nSet the word. Atomic."},
    {"add", (PyCFunction)(void (*)(void))add, METH_FASTCALL,
     "add(index, delta, /)\n--\n\n"
     "Add to the word, which wraps around, and return what it was before. Atomic."},
    {"compare_and_set", (PyCFunction)(void (*)(void))compare_and_set, METH_FASTCALL,
     "compare_and_set(index, expected, value, /)\n--\n\n"
     "Set the word if it has the expected value, and return whether it had. Atomic."},
    {"wait", (PyCFunction)(void (*)(void))wait_method, METH_VARARGS | METH_KEYWORDS,
     "wait(index, expected, timeout=None)\n--\n\n"
     "Wait until somebody notifies those who wait for the word, if it has the expected value; "
     "else do not wait. Return False if the time (seconds) was over first."},
    {"notify", (PyCFunction)(void (*)(void))notify, METH_VARARGS | METH_KEYWORDS,
     "notify(index, count=1)\n--\n\n"
     "Wake as many of those who wait for the word, the first to come first. Return how many."},
    {"notify_all", notify_all, METH_O,
     "notify_all(index, /)\n--\n\nWake all who wait for the word. Return how many."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"nbytes", get_nbytes, NULL, "How many bytes it has.", NULL},
    {"format", get_format, NULL, "What its items are, as in memoryview.format.", NULL},
    {"shape", get_shape, NULL, "How many items it has in each dimension.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "SharedBuffer(size)\n--\n\n"
                "Memory of so many bytes, zeroed, that Java and other interpreters can see as well."
                " Words are its aligned ints of 64 bits, counted from its beginning."},
    {Py_tp_new, new_buffer},
    {Py_tp_dealloc, clutch_shared_dealloc},
    {Py_tp_hash, clutch_shared_hash},
    {Py_tp_richcompare, compare},
    {Py_tp_repr, repr},
    {Py_tp_methods, buffer_methods},
    {Py_tp_getset, properties},
    {Py_sq_length, length},
    {Py_bf_getbuffer, get_buffer},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "clutch.SharedBuffer",
    .basicsize = sizeof(shared_buffer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int clutch_shared_buffer_add_type(PyObject *module) {
  clutch_module_state *state = PyModule_GetState(module);
  PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
  state->shared_buffer_type = type;
  return type == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)type);
}
