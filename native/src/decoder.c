#include "codec.h"

#include "array.h"
#include "buffer.h"
#include "java_object.h"
#include "module.h"
#include "pipe.h"
#include "reference.h"
#include "scalars.h"
#include "shared.h"

static PyObject *decode(clutch_reader *reader, int depth);

static PyObject *decode_list(clutch_reader *reader, int depth) {
  size_t count;
  if (clutch_take_count(reader, 1, &count) != 0) {
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
  if (clutch_take_count(reader, 1, &count) != 0) {
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
  if (clutch_take_count(reader, 1, &count) != 0) {
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
  if (clutch_take_count(reader, 2, &count) != 0) {
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
    return PyErr_Occurred() ? NULL : clutch_malformed();
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
  PyObject *bytes = clutch_decode_bytes(reader);
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
    return clutch_malformed();
  }
}

/* What is unpickled may be code that gets values itself: that is bounded as all recursion is. */
static PyObject *decode_uncommon(clutch_reader *reader, unsigned char tag, int depth) {
  if (depth > CLUTCH_MAX_DEPTH) {
    return clutch_malformed();
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
    return clutch_decode_large(reader);
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
  const unsigned char *tag = clutch_take(reader, 1);
  if (tag == NULL) {
    return NULL;
  }
  switch (*tag) {
  case 'j':
    reader->next--;
    return clutch_decode_word(reader);
  case 'N':
    Py_RETURN_NONE;
  case 'T':
    Py_RETURN_TRUE;
  case 'F':
    Py_RETURN_FALSE;
  case 'i':
    return clutch_decode_int(reader);
  case 'I':
    return clutch_decode_big_int(reader);
  case 'd':
    return clutch_decode_float(reader);
  case 's':
    return clutch_decode_latin1(reader);
  case 'u':
    return clutch_decode_utf16(reader);
  case 'b':
    return clutch_decode_bytes(reader);
  case 'a':
    return clutch_decode_array(reader);
  case 'L':
  case 'o':
  case 'f':
  case 'B':
  case 'p':
    return reader->message != NULL ? clutch_malformed() : decode_handed_over(reader, *tag);
  default:
    return decode_uncommon(reader, *tag, depth);
  }
}

PyObject *clutch_decode(clutch_reader *reader) { return decode(reader, 0); }

PyObject *clutch_decode_within(clutch_reader *reader, int depth) {
  return decode(reader, depth + 1);
}
