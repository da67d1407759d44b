#include "codec.h"

#include "buffer.h"
#include "java_object.h"
#include "large.h"
#include "module.h"
#include "pipe.h"
#include "reference.h"
#include "shared.h"

#include <string.h>

static PyObject *decode(clutch_reader *reader, int depth);

static PyObject *malformed(void) {
  PyErr_SetString(PyExc_ValueError, "malformed value");
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

int clutch_read_u8(clutch_reader *reader, uint8_t *value) {
  const unsigned char *from = take(reader, 1);
  if (from == NULL) {
    return -1;
  }
  *value = *from;
  return 0;
}

int clutch_read_u32(clutch_reader *reader, uint32_t *value) {
  const unsigned char *from = take(reader, sizeof *value);
  if (from == NULL) {
    return -1;
  }
  memcpy(value, from, sizeof *value);
  return 0;
}

int clutch_read_u64(clutch_reader *reader, uint64_t *value) {
  const unsigned char *from = take(reader, sizeof *value);
  if (from == NULL) {
    return -1;
  }
  memcpy(value, from, sizeof *value);
  return 0;
}

static PyObject *decode_word(clutch_reader *reader) {
  int64_t word;
  const unsigned char *from = take(reader, sizeof word);
  if (from == NULL) {
    return NULL;
  }
  memcpy(&word, from, sizeof word);
  return PyLong_FromLongLong(word >> 8);
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

static PyObject *decode_list(clutch_reader *reader, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *list = PyList_New((Py_ssize_t)count);
  for (size_t i = 0; list != NULL && i < count; i++) {
    PyObject *item = decode(reader, depth + 1);
    if (item == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    }
  }
  return list;
}

static PyObject *decode_tuple(clutch_reader *reader, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *tuple = PyTuple_New((Py_ssize_t)count);
  for (size_t i = 0; tuple != NULL && i < count; i++) {
    PyObject *item = decode(reader, depth + 1);
    if (item == NULL) {
      Py_CLEAR(tuple);
    } else {
      PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
    }
  }
  return tuple;
}

/* Java tells 1, 1.0 and true apart. Takes over the reference. */
static PyObject *check_size(clutch_reader *reader, PyObject *made, Py_ssize_t size, size_t count) {
  if ((size_t)size == count) {
    return made;
  }
  PyErr_Format(clutch_module_state_of(reader->interpreter)->not_shareable_error,
               "a Java %s of %zu elements would have %zd in Python, where some of them are equal",
               PyDict_Check(made) ? "Map" : "Set", count, size);
  Py_DECREF(made);
  return NULL;
}

static PyObject *decode_set(clutch_reader *reader, int depth) {
  size_t count;
  if (take_count(reader, 1, &count) != 0) {
    return NULL;
  }
  PyObject *set = PySet_New(NULL);
  for (size_t i = 0; set != NULL && i < count; i++) {
    PyObject *item = decode(reader, depth + 1);
    if (item == NULL || PySet_Add(set, item) != 0) {
      Py_CLEAR(set);
    }
    Py_XDECREF(item);
  }
  return set == NULL ? NULL : check_size(reader, set, PySet_GET_SIZE(set), count);
}

static int decode_pair(clutch_reader *reader, int depth, PyObject *dict) {
  PyObject *key = decode(reader, depth + 1);
  PyObject *item = key == NULL ? NULL : decode(reader, depth + 1);
  int done = item == NULL ? -1 : PyDict_SetItem(dict, key, item);
  Py_XDECREF(key);
  Py_XDECREF(item);
  return done;
}

static PyObject *decode_dict(clutch_reader *reader, int depth) {
  size_t count;
  if (take_count(reader, 2, &count) != 0) {
    return NULL;
  }
  PyObject *dict = PyDict_New();
  for (size_t i = 0; dict != NULL && i < count; i++) {
    if (decode_pair(reader, depth, dict) != 0) {
      Py_CLEAR(dict);
    }
  }
  return dict == NULL ? NULL : check_size(reader, dict, PyDict_GET_SIZE(dict), count);
}

/* -- arrays ------------------------------------------------------------------------------------
   There is no C API for array.array: one is filled by its frombytes(), which copies from a view of
   memory. */

typedef struct new_array {
  PyObject *array;
  PyObject *frombytes; /* of CPython's own type */
} new_array;

/* Python code can put anything in place of array.array, but cannot make a type immutable. */
static PyTypeObject *array_type(PyObject *array) {
  PyTypeObject *type = Py_TYPE(array);
  while (type != NULL && !(PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE) &&
                           strcmp(type->tp_name, "array.array") == 0)) {
    type = type->tp_base;
  }
  return type;
}

static int make_array(clutch_reader *reader, char code, new_array *made) {
  PyObject *function = clutch_module_state_of(reader->interpreter)->new_array;
  PyObject *array = PyObject_CallFunction(function, "C", (int)code);
  PyTypeObject *type = array == NULL ? NULL : array_type(array);
  if (array != NULL && type == NULL) {
    PyErr_SetString(PyExc_TypeError, "array.array is not CPython's: something replaced it");
  }
  made->array = array;
  made->frombytes = type == NULL ? NULL : PyObject_GetAttrString((PyObject *)type, "frombytes");
  if (made->frombytes == NULL) {
    Py_XDECREF(array);
    return -1;
  }
  return 0;
}

static int append_to(const new_array *to, char *bytes, size_t length) {
  PyObject *view = PyMemoryView_FromMemory(bytes, (Py_ssize_t)length, PyBUF_READ);
  PyObject *args[] = {to->array, view};
  PyObject *done = view == NULL ? NULL : PyObject_Vectorcall(to->frombytes, args, 2, NULL);
  Py_XDECREF(done);
  Py_XDECREF(view);
  return done == NULL ? -1 : 0;
}

/* The array, or NULL if filling it failed. */
static PyObject *filled(new_array *made, int done) {
  Py_DECREF(made->frombytes);
  if (done != 0) {
    Py_CLEAR(made->array);
  }
  return made->array;
}

static PyObject *decode_array(clutch_reader *reader) {
  uint8_t code;
  size_t length;
  new_array made;
  if (clutch_read_u8(reader, &code) != 0 || take_count(reader, 1, &length) != 0 ||
      make_array(reader, (char)code, &made) != 0) {
    return NULL;
  }
  return filled(&made, append_to(&made, (char *)take(reader, length), length));
}

typedef struct large {
  uint32_t index;
  char code;
  size_t length;
} large;

static PyObject *new_large_bytes(clutch_reader *reader, const large *of) {
  PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)of->length);
  if (bytes != NULL) {
    clutch_large_copy(reader->large, of->index, PyBytes_AS_STRING(bytes));
  }
  return bytes;
}

/* So that the garbage collector need not wait for long. */
#define PIECE ((size_t)1 << 20)

/* frombytes() runs no Python code and waits for nobody, which a pinned array would not allow. */
static int append_piece(clutch_reader *reader, const new_array *to, const large *of, size_t start) {
  clutch_pin pin;
  if (clutch_large_pin(&pin, reader->large, of->index) != 0) {
    return -1;
  }
  int done = append_to(to, pin.content + start, Py_MIN(PIECE, of->length - start));
  clutch_large_unpin(&pin);
  return done;
}

static int append_large(clutch_reader *reader, const new_array *to, const large *of) {
  int done = 0;
  for (size_t at = 0; done == 0 && at < of->length; at += PIECE) {
    done = append_piece(reader, to, of, at);
  }
  return done;
}

static PyObject *new_large_array(clutch_reader *reader, const large *of) {
  new_array made;
  return make_array(reader, of->code, &made) != 0 ? NULL
                                                  : filled(&made, append_large(reader, &made, of));
}

static PyObject *decode_large(clutch_reader *reader) {
  uint8_t code;
  large of;
  if (clutch_read_u8(reader, &code) != 0 || clutch_read_u32(reader, &of.index) != 0) {
    return NULL;
  }
  int64_t size = clutch_large_size(reader->large, of.index, (char)code);
  if (size < 0) {
    return malformed();
  }
  of.code = (char)code;
  of.length = (size_t)size;
  return code == 'b' ? new_large_bytes(reader, &of) : new_large_array(reader, &of);
}

/* -- other objects ----------------------------------------------------------------------------- */

/* How many values each kind consists of is clutch.py's to know. */
static PyObject *decode_parts(clutch_reader *reader, int depth) {
  clutch_module_state *state = clutch_module_state_of(reader->interpreter);
  uint8_t kind;
  if (clutch_read_u8(reader, &kind) != 0) {
    return NULL;
  }
  PyObject *parts = decode(reader, depth + 1);
  if (parts == NULL || !PyTuple_Check(parts)) {
    Py_XDECREF(parts);
    return PyErr_Occurred() ? NULL : malformed();
  }
  PyObject *value = PyObject_CallFunction(state->put_together, "CO", (int)kind, parts);
  Py_DECREF(parts);
  return value;
}

static PyObject *decode_reference(clutch_reader *reader) {
  uint64_t handle;
  if (clutch_read_u64(reader, &handle) != 0) {
    return NULL;
  }
  return Py_XNewRef(clutch_reference_get(reader->interpreter, handle));
}

static PyObject *decode_pickled(clutch_reader *reader) {
  PyObject *bytes = decode_bytes(reader);
  PyObject *value =
      bytes == NULL
          ? NULL
          : PyObject_CallOneArg(clutch_module_state_of(reader->interpreter)->unpickle, bytes);
  Py_XDECREF(bytes);
  return value;
}

/* A copy of memory, with its format and shape. */
static PyObject *decode_memory(clutch_reader *reader, int depth) {
  PyObject *parts = PyTuple_New(4);
  for (Py_ssize_t i = 0; parts != NULL && i < 4; i++) {
    PyObject *part = decode(reader, depth + 1);
    if (part == NULL) {
      Py_CLEAR(parts);
    } else {
      PyTuple_SET_ITEM(parts, i, part);
    }
  }
  PyObject *view =
      parts == NULL
          ? NULL
          : PyObject_CallObject(clutch_module_state_of(reader->interpreter)->new_memory, parts);
  Py_XDECREF(parts);
  return view;
}

static PyObject *decode_nested(clutch_reader *reader, unsigned char tag, int depth) {
  switch (tag) {
  case '[':
    return decode_list(reader, depth);
  case '(':
    return decode_tuple(reader, depth);
  case '<':
    return decode_set(reader, depth);
  case '{':
    return decode_dict(reader, depth);
  case 'x':
    return decode_parts(reader, depth);
  case 'q':
    return clutch_decode_shared(reader, depth);
  case 'P':
    return decode_pickled(reader);
  case 'M':
    return decode_memory(reader, depth);
  default:
    return malformed();
  }
}

/* What is unpickled may be code that gets values itself: that is bounded as all recursion is. */
static PyObject *decode_uncommon(clutch_reader *reader, unsigned char tag, int depth) {
  if (depth > CLUTCH_MAX_DEPTH) {
    return malformed();
  }
  if (depth % CLUTCH_LEVELS_PER_CALL != 0) {
    return decode_nested(reader, tag, depth);
  }
  if (Py_EnterRecursiveCall(" while a value crosses") != 0) {
    return NULL;
  }
  PyObject *value = decode_nested(reader, tag, depth);
  Py_LeaveRecursiveCall();
  return value;
}

/* References, handles and addresses: a message, which somebody else may have written, has none. */
static PyObject *decode_handed_over(clutch_reader *reader, unsigned char tag) {
  switch (tag) {
  case 'L':
    return decode_large(reader);
  case 'o':
    return decode_reference(reader);
  case 'f':
    return clutch_decode_java_object(reader);
  case 'B':
    return clutch_decode_java_buffer(reader);
  default:
    return clutch_decode_pipe_end(reader);
  }
}

static PyObject *decode(clutch_reader *reader, int depth) {
  const unsigned char *tag = take(reader, 1);
  if (tag == NULL) {
    return NULL;
  }
  switch (*tag) {
  case 'j':
    reader->next--;
    return decode_word(reader);
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
  case 'a':
    return decode_array(reader);
  case 'L':
  case 'o':
  case 'f':
  case 'B':
  case 'p':
    return reader->message != NULL ? malformed() : decode_handed_over(reader, *tag);
  default:
    return decode_uncommon(reader, *tag, depth);
  }
}

PyObject *clutch_decode(clutch_reader *reader) { return decode(reader, 0); }

PyObject *clutch_decode_within(clutch_reader *reader, int depth) {
  return decode(reader, depth + 1);
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
