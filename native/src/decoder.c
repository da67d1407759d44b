#include "codec.h"

#include "module.h"

#include <string.h>

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
