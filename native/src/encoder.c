#include "codec.h"

#include "array.h"
#include "buffer.h"
#include "callback.h"
#include "java_object.h"
#include "module.h"
#include "path.h"
#include "reference.h"
#include "scalars.h"
#include "shared.h"
#include "shared_buffer.h"

#include <string.h>

static int encode(clutch_writer *writer, PyObject *value, const clutch_path *at);

/* -- containers -------------------------------------------------------------------------------- */

/* An item may run Python code, as the utcoffset() of a tzinfo, and that may change the container:
   so sizes are looked at again, and items are held. */
static int encode_item(clutch_writer *writer, PyObject *item, const clutch_path *at) {
  Py_INCREF(item);
  int done = encode(writer, item, at);
  Py_DECREF(item);
  return done;
}

static int changed(const char *type) {
  PyErr_Format(PyExc_RuntimeError, "the %s changed while it crossed to Java", type);
  return -1;
}

/* Room is made for so many words at a time. */
#define WORDS 512

/* Writes the small ints at the beginning of the items, WORDS at most: they need no path, run no
   code, and take little more time than a copy. Answers how many, or -1. */
static Py_ssize_t encode_words(clutch_writer *writer, PyObject *const *items, Py_ssize_t count) {
  Py_ssize_t most = Py_MIN(count, WORDS);
  size_t start = writer->length;
  unsigned char *to = clutch_writer_grow(writer, (size_t)most * sizeof(int64_t));
  if (to == NULL) {
    return -1;
  }
  Py_ssize_t done = 0;
  for (; done < most && clutch_is_short_int(items[done]); done++) {
    int64_t word = clutch_word_of(items[done]);
    memcpy(to + (size_t)done * sizeof word, &word, sizeof word);
  }
  writer->length = start + (size_t)done * sizeof(int64_t);
  return done;
}

/* Answers how many were written: one, or several small ints; or -1. */
static Py_ssize_t encode_next(clutch_writer *writer, PyObject *const *items, Py_ssize_t count,
                              const clutch_path *at) {
  return clutch_is_short_int(*items)            ? encode_words(writer, items, count)
         : encode_item(writer, *items, at) == 0 ? 1
                                                : -1;
}

static int encode_list(clutch_writer *writer, PyObject *list, const clutch_path *at) {
  Py_ssize_t count = PyList_GET_SIZE(list);
  clutch_path step = {at, NULL, NULL, 0, at->depth + 1};
  if (clutch_write_count(writer, '[', (size_t)count) != 0) {
    return -1;
  }
  while (step.index < count) {
    if (PyList_GET_SIZE(list) != count) {
      return changed("list");
    }
    PyObject *const *items = &PyList_GET_ITEM(list, step.index);
    Py_ssize_t written = encode_next(writer, items, count - step.index, &step);
    if (written < 0) {
      return -1;
    }
    step.index += written;
  }
  return 0;
}

static int encode_tuple(clutch_writer *writer, PyObject *tuple, const clutch_path *at) {
  Py_ssize_t count = PyTuple_GET_SIZE(tuple);
  clutch_path step = {at, NULL, NULL, 0, at->depth + 1};
  if (clutch_write_count(writer, '(', (size_t)count) != 0) {
    return -1;
  }
  for (; step.index < count; step.index++) {
    if (encode(writer, PyTuple_GET_ITEM(tuple, step.index), &step) != 0) {
      return -1;
    }
  }
  return 0;
}

/* Through set's own iterator, for the same reason as with int; it notices changes itself. */
static int encode_set(clutch_writer *writer, PyObject *set, const clutch_path *at) {
  PyObject *iterator = PySet_Type.tp_iter(set);
  if (iterator == NULL || clutch_write_count(writer, '<', (size_t)PySet_GET_SIZE(set)) != 0) {
    Py_XDECREF(iterator);
    return -1;
  }
  int done = 0;
  PyObject *item = NULL;
  clutch_path step = {at, NULL, NULL, 0, at->depth + 1};
  while (done == 0 && (item = PyIter_Next(iterator)) != NULL) {
    done = encode(writer, item, &step);
    Py_DECREF(item);
    step.index++;
  }
  Py_DECREF(iterator);
  return PyErr_Occurred() ? -1 : done;
}

static int encode_entry(clutch_writer *writer, PyObject *key, PyObject *value,
                        const clutch_path *at) {
  clutch_path step = {at, NULL, key, 0, at->depth + 1};
  Py_INCREF(key); /* an error message calls its repr, which may change the dict */
  int done = encode(writer, key, &step) != 0 || encode_item(writer, value, &step) != 0 ? -1 : 0;
  Py_DECREF(key);
  return done;
}

static int encode_dict(clutch_writer *writer, PyObject *dict, const clutch_path *at) {
  Py_ssize_t count = PyDict_GET_SIZE(dict);
  if (clutch_write_count(writer, '{', (size_t)count) != 0) {
    return -1;
  }
  Py_ssize_t position = 0;
  Py_ssize_t written = 0;
  PyObject *key = NULL;
  PyObject *value = NULL;
  while (PyDict_Next(dict, &position, &key, &value)) {
    if (PyDict_GET_SIZE(dict) != count || written++ == count) {
      return changed("dict");
    }
    if (encode_entry(writer, key, value, at) != 0) {
      return -1;
    }
  }
  return written == count ? 0 : changed("dict");
}

static int encode_container(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (at->depth >= CLUTCH_MAX_DEPTH) {
    return clutch_refuse_depth(writer, at);
  }
  if (PyList_Check(value)) {
    return encode_list(writer, value, at);
  }
  if (PyTuple_Check(value)) {
    return encode_tuple(writer, value, at);
  }
  return PyDict_Check(value) ? encode_dict(writer, value, at) : encode_set(writer, value, at);
}

/* -- other objects ----------------------------------------------------------------------------- */

int clutch_encode_reference(clutch_writer *writer, PyObject *value) {
  uint64_t handle = clutch_reference_new(writer->interpreter, value);
  if (handle == 0 || clutch_writer_keep(writer, CLUTCH_KEPT_REFERENCE, handle) != 0) {
    return -1;
  }
  uint64_t id = (uint64_t)(uintptr_t)value;
  unsigned char *to = clutch_writer_grow(writer, 17);
  if (to == NULL) {
    return -1;
  }
  to[0] = 'o';
  memcpy(to + 1, &handle, 8);
  memcpy(to + 9, &id, 8);
  return 0;
}

/* Held once more, for Java: the Python object may go before Java has looked. */
static int encode_java_object(clutch_writer *writer, PyObject *value) {
  uint64_t handle = clutch_java_object_handle(value);
  clutch_callback_retain(handle);
  return clutch_writer_keep(writer, CLUTCH_KEPT_JAVA_OBJECT, handle) != 0
             ? -1
             : clutch_write_eight(writer, 'f', &handle);
}

/* -- in messages: what belongs to no interpreter ------------------------------------------------
 */

/* Python code can put anything in place of pickle.dumps. */
static PyObject *pickle(clutch_writer *writer, PyObject *value) {
  clutch_module_state *state = clutch_module_state_of(writer->interpreter);
  PyObject *pickled = PyObject_CallOneArg(state->pickle, value);
  if (pickled != NULL && !PyBytes_Check(pickled)) {
    PyErr_Format(PyExc_TypeError, "pickle.dumps() made a %s", Py_TYPE(pickled)->tp_name);
    Py_CLEAR(pickled);
  }
  return pickled;
}

static int encode_pickled(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  PyObject *pickled = pickle(writer, value);
  if (pickled == NULL) {
    return clutch_refuse_raised(writer, at, value, "pickle refuses it");
  }
  int done = clutch_write_bytes(writer, 'P', PyBytes_AS_STRING(pickled),
                                (size_t)PyBytes_GET_SIZE(pickled));
  Py_DECREF(pickled);
  return done == 0 ? 0 : clutch_refuse_size(writer, at);
}

/* Content, format and shape, as clutch.py gives them. */
static int encode_memory(clutch_writer *writer, PyObject *view, const clutch_path *at) {
  clutch_module_state *state = clutch_module_state_of(writer->interpreter);
  PyObject *parts = PyObject_CallOneArg(state->take_memory_apart, view);
  if (parts == NULL) {
    return clutch_refuse_raised(writer, at, view, "it cannot be copied");
  }
  int done = clutch_write_tag(writer, 'M');
  for (Py_ssize_t i = 0; done == 0 && i < PyTuple_GET_SIZE(parts); i++) {
    done = encode(writer, PyTuple_GET_ITEM(parts, i), at);
  }
  Py_DECREF(parts);
  return done;
}

static int encode_for_anybody(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (PyCallable_Check(value)) {
    return clutch_refuse(
        writer, at,
        PyUnicode_FromFormat("is a %s: callables cannot be sent, as they belong to one "
                             "interpreter; send a name, and look it up there",
                             Py_TYPE(value)->tp_name));
  }
  return encode_pickled(writer, value, at);
}

/* A view of a SharedBuffer keeps its memory; any other belongs to the interpreter. */
static int encode_memoryview(clutch_writer *writer, PyObject *view, const clutch_path *at) {
  int done = clutch_shared_buffer_encode_view(writer, view);
  if (done <= 0) {
    return done;
  }
  if (writer->message) {
    return encode_memory(writer, view, at);
  }
  return clutch_encode_memoryview(writer, view) == 0 ? 0 : clutch_refuse_size(writer, at);
}

/* What has no form of its own. */
static int encode_other(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  return writer->message ? encode_for_anybody(writer, value, at)
                         : clutch_encode_reference(writer, value);
}

/* -- other types ------------------------------------------------------------------------------- */

/* What clutch.py makes of a value: its kind, and the tuple of what it consists of. */
static int encode_parts(clutch_writer *writer, PyObject *parts, const clutch_path *at) {
  PyObject *kind = PyTuple_GET_ITEM(parts, 0);
  return clutch_write_tag(writer, 'x') != 0 ||
                 clutch_write_tag(writer, (char)PyUnicode_READ_CHAR(kind, 0)) != 0
             ? -1
             : encode(writer, PyTuple_GET_ITEM(parts, 1), at);
}

/* A tuple says what the value consists of, a str that it is an array, None that it stays. */
static int encode_taken_apart(clutch_writer *writer, PyObject *value, PyObject *parts,
                              const clutch_path *at) {
  if (PyTuple_Check(parts)) {
    return encode_parts(writer, parts, at);
  }
  if (PyUnicode_Check(parts)) {
    return clutch_encode_array(writer, value, parts) == 0 ? 0 : clutch_refuse_size(writer, at);
  }
  return encode_other(writer, value, at);
}

static int encode_through_python(clutch_writer *writer, PyObject *value, PyObject *function,
                                 const clutch_path *at) {
  PyObject *parts = PyObject_CallOneArg(function, value);
  int done = parts == NULL ? -1 : encode_taken_apart(writer, value, parts, at);
  Py_XDECREF(parts);
  return done;
}

/* Dataclasses, named tuples and enum members, when Java asked for records and enums. */
static int encode_structure(clutch_writer *writer, PyObject *value, const clutch_path *at,
                            bool *done) {
  PyObject *function = clutch_module_state_of(writer->interpreter)->structure;
  PyObject *fields = PyObject_CallOneArg(function, value);
  *done = fields != Py_None;
  int result = fields == NULL ? -1 : *done ? encode(writer, fields, at) : 0;
  Py_XDECREF(fields);
  return result;
}

static int encode_object(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (clutch_is_shared_object(value)) {
    return clutch_encode_shared(writer, value);
  }
  if (clutch_is_java_object(writer->interpreter, value) && !writer->message) {
    return encode_java_object(writer, value);
  }
  if (PyMemoryView_Check(value)) {
    return encode_memoryview(writer, value, at);
  }
  if (value == clutch_module_state_of(writer->interpreter)->end) {
    return clutch_write_tag(writer, 'Z');
  }
  PyObject *function = clutch_module_taker_apart(writer->interpreter, value);
  if (function != NULL) {
    return encode_through_python(writer, value, function, at);
  }
  return PyErr_Occurred() ? -1 : encode_other(writer, value, at);
}

static bool may_be_structure(PyObject *value) {
  return !PyTuple_CheckExact(value) && (PyTuple_Check(value) || !PyList_Check(value)) &&
         !PyDict_Check(value) && !PyAnySet_Check(value);
}

static int encode_whatever(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (writer->structured && may_be_structure(value)) {
    bool done = false;
    int result = encode_structure(writer, value, at, &done);
    if (result != 0 || done) {
      return result;
    }
  }
  return PyList_Check(value) || PyTuple_Check(value) || PyDict_Check(value) || PyAnySet_Check(value)
             ? encode_container(writer, value, at)
             : encode_object(writer, value, at);
}

/* Code of the value's may send values itself, and so on: that is bounded as all recursion is. */
static int encode_uncommon(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (at->depth >= CLUTCH_MAX_DEPTH) {
    return clutch_refuse_depth(writer, at);
  }
  if (at->depth % CLUTCH_LEVELS_PER_CALL != 0) {
    return encode_whatever(writer, value, at);
  }
  if (Py_EnterRecursiveCall(" while a value crosses") != 0) {
    return -1;
  }
  int done = encode_whatever(writer, value, at);
  Py_LeaveRecursiveCall();
  return done;
}

static int encode(clutch_writer *writer, PyObject *value, const clutch_path *at) {
  if (PyLong_CheckExact(value)) {
    return clutch_encode_int(writer, value);
  }
  if (PyUnicode_Check(value)) {
    return clutch_encode_str(writer, value) == 0 ? 0 : clutch_refuse_size(writer, at);
  }
  if (PyFloat_Check(value)) {
    return clutch_encode_float(writer, value);
  }
  if (value == Py_None) {
    return clutch_write_tag(writer, 'N');
  }
  if (PyBool_Check(value)) {
    return clutch_write_tag(writer, value == Py_True ? 'T' : 'F');
  }
  if (PyLong_Check(value)) {
    return clutch_encode_int(writer, value);
  }
  if (PyBytes_Check(value)) {
    return clutch_encode_bytes(writer, value) == 0 ? 0 : clutch_refuse_size(writer, at);
  }
  return encode_uncommon(writer, value, at);
}

/* -- entry points ------------------------------------------------------------------------------ */

int clutch_encode(clutch_writer *writer, PyObject *value, const char *name) {
  clutch_path root = {NULL, name, NULL, 0, 0};
  return encode(writer, value, &root);
}

int clutch_encode_items(clutch_writer *writer, PyObject *const *items, size_t count,
                        const char *name) {
  clutch_path root = {NULL, name, NULL, 0, 0};
  clutch_path step = {&root, NULL, NULL, 0, 1};
  if (clutch_write_count(writer, '[', count) != 0) {
    return -1;
  }
  for (size_t i = 0; i < count; i++) {
    step.index = (Py_ssize_t)i;
    if (encode(writer, items[i], &step) != 0) {
      return -1;
    }
  }
  return 0;
}
