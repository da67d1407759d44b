#include "array.h"

#include "large.h"
#include "module.h"

#include <string.h>

int clutch_encode_array(clutch_writer *writer, PyObject *value, PyObject *code) {
  Py_buffer view;
  if (PyObject_GetBuffer(value, &view, PyBUF_SIMPLE) != 0) {
    return -1;
  }
  unsigned char *to = NULL;
  if (clutch_write_tag(writer, 'a') == 0) {
    to = clutch_write_header(writer, (char)PyUnicode_READ_CHAR(code, 0), (size_t)view.len,
                             (size_t)view.len);
  }
  if (to != NULL && view.len > 0) {
    memcpy(to, view.buf, (size_t)view.len);
  }
  PyBuffer_Release(&view);
  return to == NULL ? -1 : 0;
}

/* There is no C API for array.array: one is filled by its frombytes(), which copies from a view of
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

PyObject *clutch_decode_array(clutch_reader *reader) {
  uint8_t code;
  size_t length;
  new_array made;
  if (clutch_read_u8(reader, &code) != 0 || clutch_take_count(reader, 1, &length) != 0 ||
      make_array(reader, (char)code, &made) != 0) {
    return NULL;
  }
  return filled(&made, append_to(&made, (char *)clutch_take(reader, length), length));
}

/* -- beside the buffer --------------------------------------------------------------------------
 */

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

PyObject *clutch_decode_large(clutch_reader *reader) {
  uint8_t code;
  large of;
  if (clutch_read_u8(reader, &code) != 0 || clutch_read_u32(reader, &of.index) != 0) {
    return NULL;
  }
  int64_t size = clutch_large_size(reader->large, of.index, (char)code);
  if (size < 0) {
    return clutch_malformed();
  }
  of.code = (char)code;
  of.length = (size_t)size;
  return code == 'b' ? new_large_bytes(reader, &of) : new_large_array(reader, &of);
}
