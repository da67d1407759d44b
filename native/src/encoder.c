#include "codec.h"

#include "module.h"

#include <string.h>

/* -- writing ------------------------------------------------------------------------------- */

/* Where in the value an encoder is: a chain of steps on the C stack, read when something fails. */
typedef struct path {
  const struct path *up;
  const char *name; /* of the root, else NULL */
  PyObject *key;    /* borrowed; NULL for a step by index */
  Py_ssize_t index;
  int depth;
} path;

static int encode(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                  const path *at);

void clutch_writer_init(clutch_writer *writer, void *memory, size_t capacity) {
  writer->data = memory;
  writer->length = 0;
  writer->capacity = capacity;
  writer->on_heap = false;
}

void clutch_writer_free(clutch_writer *writer) {
  if (writer->on_heap) {
    free(writer->data);
  }
}

static int too_large(size_t length) {
  PyErr_Format(PyExc_OverflowError,
               "a value of %zu bytes cannot cross at once: the limit is 2 GiB; send it in parts",
               length);
  return -1;
}

/* Doubles, so that a value of n bytes is copied less than twice. */
static int grow(clutch_writer *writer, size_t needed) {
  if (needed > INT32_MAX) {
    return too_large(needed);
  }
  size_t capacity = writer->capacity < 4096 ? 8192 : writer->capacity * 2;
  while (capacity < needed) {
    capacity *= 2;
  }
  unsigned char *data = realloc(writer->on_heap ? writer->data : NULL, capacity);
  if (data == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  if (!writer->on_heap && writer->length > 0) {
    memcpy(data, writer->data, writer->length);
  }
  writer->data = data;
  writer->capacity = capacity;
  writer->on_heap = true;
  return 0;
}

/* Room for so many more bytes, or NULL with an exception set. */
static unsigned char *reserve(clutch_writer *writer, size_t count) {
  size_t needed = writer->length + count;
  if (needed > writer->capacity && grow(writer, needed) != 0) {
    return NULL;
  }
  unsigned char *start = writer->data + writer->length;
  writer->length = needed;
  return start;
}

int clutch_write_tag(clutch_writer *writer, char tag) {
  unsigned char *to = reserve(writer, 1);
  if (to == NULL) {
    return -1;
  }
  *to = (unsigned char)tag;
  return 0;
}

static unsigned char *write_header(clutch_writer *writer, char tag, size_t count, size_t bytes) {
  if (bytes > INT32_MAX) {
    too_large(bytes);
    return NULL;
  }
  unsigned char *to = reserve(writer, 5 + bytes);
  if (to == NULL) {
    return NULL;
  }
  uint32_t count32 = (uint32_t)count;
  to[0] = (unsigned char)tag;
  memcpy(to + 1, &count32, 4);
  return to + 5;
}

int clutch_write_count(clutch_writer *writer, char tag, size_t count) {
  return write_header(writer, tag, count, 0) == NULL ? -1 : 0;
}

static int write_eight(clutch_writer *writer, char tag, const void *bytes) {
  unsigned char *to = reserve(writer, 9);
  if (to == NULL) {
    return -1;
  }
  to[0] = (unsigned char)tag;
  memcpy(to + 1, bytes, 8);
  return 0;
}

int clutch_write_long(clutch_writer *writer, int64_t value) {
  return write_eight(writer, 'i', &value);
}

static int write_bytes(clutch_writer *writer, char tag, const void *bytes, size_t length) {
  unsigned char *to = write_header(writer, tag, length, length);
  if (to == NULL) {
    return -1;
  }
  memcpy(to, bytes, length);
  return 0;
}

int clutch_write_text(clutch_writer *writer, const char *ascii) {
  return write_bytes(writer, 's', ascii, strlen(ascii));
}

/* -- what cannot cross ---------------------------------------------------------------------- */

static PyObject *path_text(const path *at) {
  if (at->name != NULL) {
    return PyUnicode_FromString(at->name);
  }
  PyObject *up = path_text(at->up);
  if (up == NULL) {
    return NULL;
  }
  PyObject *text = at->key != NULL ? PyUnicode_FromFormat("%U[%R]", up, at->key)
                                   : PyUnicode_FromFormat("%U[%zd]", up, at->index);
  Py_DECREF(up);
  return text;
}

/* A path through a thousand levels helps nobody: its ends do. */
static PyObject *short_path_text(const path *at) {
  PyObject *text = path_text(at);
  if (text == NULL || PyUnicode_GET_LENGTH(text) <= 200) {
    return text;
  }
  PyObject *head = PyUnicode_Substring(text, 0, 100);
  PyObject *tail = PyUnicode_Substring(text, PyUnicode_GET_LENGTH(text) - 60, PY_SSIZE_T_MAX);
  PyObject *both =
      head != NULL && tail != NULL ? PyUnicode_FromFormat("%U...%U", head, tail) : NULL;
  Py_XDECREF(head);
  Py_XDECREF(tail);
  Py_DECREF(text);
  return both;
}

static int refuse(clutch_interpreter *interpreter, const path *at, const char *format,
                  PyObject *argument) {
  PyObject *where = short_path_text(at);
  if (where == NULL) {
    return -1;
  }
  PyErr_Format(clutch_module_state_of(interpreter)->not_shareable_error, format, where, argument);
  Py_DECREF(where);
  return -1;
}

static int refuse_type(clutch_interpreter *interpreter, const path *at, PyObject *value) {
  return refuse(interpreter, at,
                "%U is a %R object, which cannot cross to Java; None, bool, int, float, str, "
                "bytes, list, tuple, set and dict can",
                (PyObject *)Py_TYPE(value));
}

static int refuse_depth(clutch_interpreter *interpreter, const path *at) {
  return refuse(interpreter, at,
                "%U is nested deeper than " Py_STRINGIFY(CLUTCH_MAX_DEPTH) " levels, or the value "
                                                                           "contains itself",
                NULL);
}

/* -- values --------------------------------------------------------------------------------- */

/* Through int's own methods, not the value's: those of a subclass are Python code. */
static int encode_big_int(clutch_writer *writer, PyObject *value) {
  PyObject *bits = PyObject_CallMethod((PyObject *)&PyLong_Type, "bit_length", "O", value);
  if (bits == NULL) {
    return -1;
  }
  size_t length = PyLong_AsSize_t(bits) / 8 + 1; /* one bit more, for the sign */
  Py_DECREF(bits);
  PyObject *to_bytes = PyObject_GetAttrString((PyObject *)&PyLong_Type, "to_bytes");
  PyObject *args = Py_BuildValue("(Ons)", value, (Py_ssize_t)length, "little");
  PyObject *options = Py_BuildValue("{sO}", "signed", Py_True);
  PyObject *bytes = to_bytes != NULL && args != NULL && options != NULL
                        ? PyObject_Call(to_bytes, args, options)
                        : NULL;
  int done = bytes == NULL ? -1 : write_bytes(writer, 'I', PyBytes_AS_STRING(bytes), length);
  Py_XDECREF(bytes);
  Py_XDECREF(options);
  Py_XDECREF(args);
  Py_XDECREF(to_bytes);
  return done;
}

static int encode_int(clutch_writer *writer, PyObject *value) {
  int overflow = 0;
  long long small = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) {
    return encode_big_int(writer, value);
  }
  if (small == -1 && PyErr_Occurred()) {
    return -1;
  }
  return clutch_write_long(writer, small);
}

static int encode_float(clutch_writer *writer, PyObject *value) {
  double number = PyFloat_AS_DOUBLE(value);
  return write_eight(writer, 'd', &number);
}

/* A UCS-2 string is UTF-16 already, unpaired surrogates included. */
static int encode_wide_str(clutch_writer *writer, PyObject *value) {
  Py_ssize_t length = PyUnicode_GET_LENGTH(value);
  const Py_UCS4 *characters = PyUnicode_4BYTE_DATA(value);
  size_t units = 0;
  for (Py_ssize_t i = 0; i < length; i++) {
    units += characters[i] > 0xFFFF ? 2 : 1;
  }
  unsigned char *to = write_header(writer, 'u', units, units * 2);
  if (to == NULL) {
    return -1;
  }
  for (Py_ssize_t i = 0; i < length; i++) {
    uint16_t pair[2] = {(uint16_t)characters[i], 0};
    size_t count = 1;
    if (characters[i] > 0xFFFF) {
      pair[0] = Py_UNICODE_HIGH_SURROGATE(characters[i]);
      pair[1] = Py_UNICODE_LOW_SURROGATE(characters[i]);
      count = 2;
    }
    memcpy(to, pair, count * 2);
    to += count * 2;
  }
  return 0;
}

static int encode_str(clutch_writer *writer, PyObject *value) {
  size_t length = (size_t)PyUnicode_GET_LENGTH(value);
  if (PyUnicode_KIND(value) == PyUnicode_1BYTE_KIND) {
    return write_bytes(writer, 's', PyUnicode_1BYTE_DATA(value), length);
  }
  if (PyUnicode_KIND(value) == PyUnicode_4BYTE_KIND) {
    return encode_wide_str(writer, value);
  }
  unsigned char *to = write_header(writer, 'u', length, length * 2);
  if (to == NULL) {
    return -1;
  }
  memcpy(to, PyUnicode_2BYTE_DATA(value), length * 2);
  return 0;
}

/* Nothing below runs Python code before an error is certain, so neither the size nor the items can
 * change meanwhile. */
static int encode_items(clutch_writer *writer, clutch_interpreter *interpreter, char tag,
                        PyObject *const *items, Py_ssize_t count, const path *at) {
  if (clutch_write_count(writer, tag, (size_t)count) != 0) {
    return -1;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    path step = {at, NULL, NULL, i, at->depth + 1};
    if (encode(writer, interpreter, items[i], &step) != 0) {
      return -1;
    }
  }
  return 0;
}

/* Through set's own iterator, for the same reason as with int. */
static int encode_set(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                      const path *at) {
  PyObject *iterator = PySet_Type.tp_iter(value);
  if (iterator == NULL || clutch_write_count(writer, '<', (size_t)PySet_GET_SIZE(value)) != 0) {
    Py_XDECREF(iterator);
    return -1;
  }
  int done = 0;
  PyObject *item = NULL;
  path step = {at, NULL, NULL, 0, at->depth + 1};
  while (done == 0 && (item = PyIter_Next(iterator)) != NULL) {
    done = encode(writer, interpreter, item, &step);
    Py_DECREF(item);
    step.index++;
  }
  Py_DECREF(iterator);
  return done;
}

static int encode_dict(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                       const path *at) {
  if (clutch_write_count(writer, '{', (size_t)PyDict_GET_SIZE(value)) != 0) {
    return -1;
  }
  Py_ssize_t position = 0;
  PyObject *key = NULL;
  PyObject *item = NULL;
  while (PyDict_Next(value, &position, &key, &item)) {
    path step = {at, NULL, key, 0, at->depth + 1};
    Py_INCREF(key); /* an error message calls its repr, which may change the dict */
    int done = encode(writer, interpreter, key, &step) != 0 ||
                       encode(writer, interpreter, item, &step) != 0
                   ? -1
                   : 0;
    Py_DECREF(key);
    if (done != 0) {
      return -1;
    }
  }
  return 0;
}

static int encode_container(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                            const path *at) {
  if (at->depth >= CLUTCH_MAX_DEPTH) {
    return refuse_depth(interpreter, at);
  }
  if (PyList_Check(value)) {
    return encode_items(writer, interpreter, '[', ((PyListObject *)value)->ob_item,
                        PyList_GET_SIZE(value), at);
  }
  if (PyTuple_Check(value)) {
    return encode_items(writer, interpreter, '(', ((PyTupleObject *)value)->ob_item,
                        PyTuple_GET_SIZE(value), at);
  }
  if (PyDict_Check(value)) {
    return encode_dict(writer, interpreter, value, at);
  }
  return encode_set(writer, interpreter, value, at);
}

static int encode_java_object(clutch_writer *writer, PyObject *value) {
  uint64_t handle = clutch_java_object_handle(value);
  return write_eight(writer, 'f', &handle);
}

static int encode(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                  const path *at) {
  if (value == Py_None) {
    return clutch_write_tag(writer, 'N');
  }
  if (PyBool_Check(value)) {
    return clutch_write_tag(writer, value == Py_True ? 'T' : 'F');
  }
  if (PyLong_Check(value)) {
    return encode_int(writer, value);
  }
  if (PyUnicode_Check(value)) {
    return encode_str(writer, value);
  }
  if (PyFloat_Check(value)) {
    return encode_float(writer, value);
  }
  if (PyBytes_Check(value)) {
    return write_bytes(writer, 'b', PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
  }
  if (PyList_Check(value) || PyTuple_Check(value) || PyDict_Check(value) || PyAnySet_Check(value)) {
    return encode_container(writer, interpreter, value, at);
  }
  if (Py_IS_TYPE(value, (PyTypeObject *)clutch_module_state_of(interpreter)->java_object_type)) {
    return encode_java_object(writer, value);
  }
  return refuse_type(interpreter, at, value);
}

int clutch_encode(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                  const char *name) {
  path root = {NULL, name, NULL, 0, 0};
  return encode(writer, interpreter, value, &root);
}
