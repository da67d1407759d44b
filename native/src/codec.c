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

/* -- reading -------------------------------------------------------------------------------- */

static PyObject *decode(clutch_reader *reader, clutch_interpreter *interpreter, int depth);

static PyObject *malformed(void) {
  PyErr_SetString(PyExc_ValueError, "malformed value from Java");
  return NULL;
}

static const unsigned char *take(clutch_reader *reader, size_t count) {
  if ((size_t)(reader->end - reader->next) < count) {
    malformed();
    return NULL;
  }
  const unsigned char *start = reader->next;
  reader->next += count;
  return start;
}

/* A count of things of `size` bytes each at least: one that cannot fit in what is left is refused
   before anything is allocated for it. */
static int take_count(clutch_reader *reader, size_t size, size_t *count) {
  const unsigned char *from = take(reader, 4);
  if (from == NULL) {
    return -1;
  }
  uint32_t count32;
  memcpy(&count32, from, 4);
  *count = count32;
  if (*count > (size_t)(reader->end - reader->next) / size) {
    malformed();
    return -1;
  }
  return 0;
}

static PyObject *decode_int(clutch_reader *reader) {
  const unsigned char *from = take(reader, 8);
  if (from == NULL) {
    return NULL;
  }
  int64_t value;
  memcpy(&value, from, 8);
  return PyLong_FromLongLong(value);
}

static PyObject *decode_big_int(clutch_reader *reader) {
  size_t length;
  if (take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  const unsigned char *from = take(reader, length);
  PyObject *from_bytes = PyObject_GetAttrString((PyObject *)&PyLong_Type, "from_bytes");
  PyObject *args = Py_BuildValue("(y#s)", (const char *)from, (Py_ssize_t)length, "little");
  PyObject *options = Py_BuildValue("{sO}", "signed", Py_True);
  PyObject *value = from_bytes != NULL && args != NULL && options != NULL
                        ? PyObject_Call(from_bytes, args, options)
                        : NULL;
  Py_XDECREF(options);
  Py_XDECREF(args);
  Py_XDECREF(from_bytes);
  return value;
}

static PyObject *decode_float(clutch_reader *reader) {
  const unsigned char *from = take(reader, 8);
  if (from == NULL) {
    return NULL;
  }
  double value;
  memcpy(&value, from, 8);
  return PyFloat_FromDouble(value);
}

static PyObject *decode_latin1(clutch_reader *reader) {
  size_t length;
  if (take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, take(reader, length), (Py_ssize_t)length);
}

/* "surrogatepass" joins pairs and keeps what has no partner. */
static PyObject *decode_utf16(clutch_reader *reader) {
  size_t units;
  if (take_count(reader, 2, &units) != 0) {
    return NULL;
  }
  int little_endian = -1;
  return PyUnicode_DecodeUTF16((const char *)take(reader, units * 2), (Py_ssize_t)units * 2,
                               "surrogatepass", &little_endian);
}

static PyObject *decode_bytes(clutch_reader *reader) {
  size_t length;
  if (take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  return PyBytes_FromStringAndSize((const char *)take(reader, length), (Py_ssize_t)length);
}

static PyObject *decode_list(clutch_reader *reader, clutch_interpreter *interpreter, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *list = PyList_New((Py_ssize_t)count);
  for (size_t i = 0; list != NULL && i < count; i++) {
    PyObject *item = decode(reader, interpreter, depth + 1);
    if (item == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    }
  }
  return list;
}

static PyObject *decode_tuple(clutch_reader *reader, clutch_interpreter *interpreter, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *tuple = PyTuple_New((Py_ssize_t)count);
  for (size_t i = 0; tuple != NULL && i < count; i++) {
    PyObject *item = decode(reader, interpreter, depth + 1);
    if (item == NULL) {
      Py_CLEAR(tuple);
    } else {
      PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
    }
  }
  return tuple;
}

static PyObject *decode_set(clutch_reader *reader, clutch_interpreter *interpreter, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *set = PySet_New(NULL);
  for (size_t i = 0; set != NULL && i < count; i++) {
    PyObject *item = decode(reader, interpreter, depth + 1);
    if (item == NULL || PySet_Add(set, item) != 0) {
      Py_CLEAR(set);
    }
    Py_XDECREF(item);
  }
  return set;
}

static int decode_pair(clutch_reader *reader, clutch_interpreter *interpreter, int depth,
                       PyObject *dict) {
  PyObject *key = decode(reader, interpreter, depth + 1);
  PyObject *item = key == NULL ? NULL : decode(reader, interpreter, depth + 1);
  int done = item == NULL ? -1 : PyDict_SetItem(dict, key, item);
  Py_XDECREF(key);
  Py_XDECREF(item);
  return done;
}

static PyObject *decode_dict(clutch_reader *reader, clutch_interpreter *interpreter, int depth) {
  size_t count;
  if (take_count(reader, 2, &count) != 0) {
    return NULL;
  }
  PyObject *dict = PyDict_New();
  for (size_t i = 0; dict != NULL && i < count; i++) {
    if (decode_pair(reader, interpreter, depth, dict) != 0) {
      Py_CLEAR(dict);
    }
  }
  return dict;
}

static PyObject *decode_callable(clutch_reader *reader, clutch_interpreter *interpreter) {
  const unsigned char *from = take(reader, 8);
  if (from == NULL) {
    return NULL;
  }
  uint64_t handle;
  memcpy(&handle, from, 8);
  return clutch_java_object_new(interpreter, handle);
}

static PyObject *decode(clutch_reader *reader, clutch_interpreter *interpreter, int depth) {
  const unsigned char *tag = take(reader, 1);
  if (tag == NULL) {
    return NULL;
  }
  if (depth > CLUTCH_MAX_DEPTH) {
    return malformed();
  }
  switch (*tag) {
  case 'N':
    Py_RETURN_NONE;
  case 'T':
    Py_RETURN_TRUE;
  case 'F':
    Py_RETURN_FALSE;
  case 'i':
    return decode_int(reader);
  case 'I':
    return decode_big_int(reader);
  case 'd':
    return decode_float(reader);
  case 's':
    return decode_latin1(reader);
  case 'u':
    return decode_utf16(reader);
  case 'b':
    return decode_bytes(reader);
  case '[':
    return decode_list(reader, interpreter, depth);
  case '(':
    return decode_tuple(reader, interpreter, depth);
  case '<':
    return decode_set(reader, interpreter, depth);
  case '{':
    return decode_dict(reader, interpreter, depth);
  case 'f':
    return decode_callable(reader, interpreter);
  default:
    return malformed();
  }
}

PyObject *clutch_decode(clutch_reader *reader, clutch_interpreter *interpreter) {
  return decode(reader, interpreter, 0);
}

int clutch_read_raw_string(clutch_reader *reader, const unsigned char **start, size_t *length) {
  const unsigned char *from = reader->next;
  const unsigned char *tag = take(reader, 1);
  size_t count;
  if (tag == NULL || take_count(reader, *tag == 'u' ? 2 : 1, &count) != 0) {
    return -1;
  }
  reader->next += *tag == 'u' ? count * 2 : count;
  *start = from;
  *length = (size_t)(reader->next - from);
  return 0;
}
