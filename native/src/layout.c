#include "layout.h"

#include <string.h>

/* -- formats and shapes ------------------------------------------------------------------------ */

/* 0 for one that there is not. */
static Py_ssize_t size_of_format(char format) {
  switch (format) {
  case 'b':
  case 'B':
  case 'c':
  case '?':
    return 1;
  case 'h':
  case 'H':
  case 'e':
    return 2;
  case 'i':
  case 'I':
  case 'f':
    return 4;
  case 'l':
  case 'L':
  case 'q':
  case 'Q':
  case 'n':
  case 'N':
  case 'd':
  case 'P':
    return 8;
  default:
    return 0;
  }
}

static bool set_format(clutch_layout *layout, char format) {
  layout->format[0] = format;
  layout->format[1] = '\0';
  layout->itemsize = size_of_format(format);
  return layout->itemsize > 0;
}

/* The strides of the shape; false if it is none. A dimension of 0 leaves the strides as they would
   be without it. */
static bool set_strides(clutch_layout *layout) {
  Py_ssize_t stride = layout->itemsize;
  bool empty = false;
  for (int i = layout->ndim - 1; i >= 0; i--) {
    layout->strides[i] = stride;
    empty |= layout->shape[i] == 0;
    if (layout->shape[i] < 0 ||
        (layout->shape[i] > 0 && __builtin_mul_overflow(stride, layout->shape[i], &stride))) {
      return false;
    }
  }
  layout->length = empty ? 0 : stride;
  return true;
}

static bool is_within(const clutch_layout *layout, const clutch_memory *memory) {
  return layout->offset >= 0 && layout->offset <= memory->length &&
         layout->length <= memory->length - layout->offset;
}

static void set_one_dimension(clutch_layout *layout, Py_ssize_t count) {
  layout->ndim = 1;
  layout->shape[0] = count;
}

void clutch_layout_of_bytes(clutch_layout *layout, int64_t length) {
  layout->offset = 0;
  set_format(layout, 'B');
  set_one_dimension(layout, length);
  set_strides(layout);
}

bool clutch_layout_equals(const clutch_layout *one, const clutch_layout *other) {
  return one->offset == other->offset && one->length == other->length &&
         one->format[0] == other->format[0] && one->ndim == other->ndim &&
         memcmp(one->shape, other->shape, (size_t)one->ndim * sizeof one->shape[0]) == 0;
}

PyObject *clutch_layout_shape(const clutch_layout *layout) {
  PyObject *shape = PyTuple_New(layout->ndim);
  for (int i = 0; shape != NULL && i < layout->ndim; i++) {
    PyObject *dimension = PyLong_FromSsize_t(layout->shape[i]);
    if (dimension == NULL) {
      Py_CLEAR(shape);
    } else {
      PyTuple_SET_ITEM(shape, i, dimension);
    }
  }
  return shape;
}

/* -- of a Python program's format and shape ---------------------------------------------------- */

static int read_format(clutch_layout *layout, PyObject *format) {
  if (!PyUnicode_Check(format)) {
    PyErr_Format(PyExc_TypeError, "format must be str, not %s", Py_TYPE(format)->tp_name);
    return -1;
  }
  if (PyUnicode_GET_LENGTH(format) == 1 && PyUnicode_READ_CHAR(format, 0) < 128 &&
      set_format(layout, (char)PyUnicode_READ_CHAR(format, 0))) {
    return 0;
  }
  PyErr_Format(PyExc_ValueError, "format must be one of b B h H i I l L q Q e f d n N P ? c: %R",
               format);
  return -1;
}

static int read_size(PyObject *value, Py_ssize_t *size) {
  *size = PyNumber_AsSsize_t(value, PyExc_OverflowError);
  if (*size < 0 && !PyErr_Occurred()) {
    PyErr_Format(PyExc_ValueError, "a size must not be negative: %zd", *size);
  }
  return *size < 0 ? -1 : 0;
}

static int read_dimensions(clutch_layout *layout, PyObject *shape) {
  if (PyTuple_GET_SIZE(shape) > PyBUF_MAX_NDIM) {
    PyErr_Format(PyExc_ValueError, "a shape of %zd dimensions: %d are the most",
                 PyTuple_GET_SIZE(shape), PyBUF_MAX_NDIM);
    return -1;
  }
  layout->ndim = (int)PyTuple_GET_SIZE(shape);
  for (int i = 0; i < layout->ndim; i++) {
    if (read_size(PyTuple_GET_ITEM(shape, i), layout->shape + i) != 0) {
      return -1;
    }
  }
  return 0;
}

static int read_shape(clutch_layout *layout, const clutch_layout *of, PyObject *shape) {
  if (shape == NULL || shape == Py_None) {
    set_one_dimension(layout, of->length / layout->itemsize);
    return 0;
  }
  if (PyIndex_Check(shape)) {
    layout->ndim = 1;
    return read_size(shape, layout->shape);
  }
  PyObject *tuple = PySequence_Tuple(shape);
  int done = tuple == NULL ? -1 : read_dimensions(layout, tuple);
  Py_XDECREF(tuple);
  return done;
}

/* Their product may be too large for a number, so this names the dimensions. */
static int refuse_shape(const clutch_layout *layout, Py_ssize_t available) {
  PyObject *shape = clutch_layout_shape(layout);
  if (shape != NULL) {
    PyErr_Format(PyExc_ValueError, "a view of format %s and shape %R does not fit into %zd bytes",
                 layout->format, shape, available);
    Py_DECREF(shape);
  }
  return -1;
}

int clutch_layout_of_view(clutch_layout *layout, const clutch_layout *of, PyObject *format,
                          PyObject *shape) {
  layout->offset = of->offset;
  if ((format == NULL ? !set_format(layout, 'B') : read_format(layout, format) != 0) ||
      read_shape(layout, of, shape) != 0) {
    return -1;
  }
  return set_strides(layout) && layout->length <= of->length ? 0 : refuse_shape(layout, of->length);
}

/* -- of a buffer ------------------------------------------------------------------------------- */

static char format_of(const Py_buffer *buffer) {
  const char *format = buffer->format == NULL ? "B" : buffer->format;
  format += *format == '@'; /* native, as without it */
  bool single = format[0] != '\0' && format[1] == '\0';
  return (char)(single ? format[0] : '\0');
}

bool clutch_layout_of_buffer(clutch_layout *layout, const Py_buffer *buffer,
                             const clutch_memory *memory) {
  layout->offset = (int64_t)((uintptr_t)buffer->buf - (uintptr_t)memory->data);
  layout->ndim = buffer->ndim;
  if (!set_format(layout, format_of(buffer)) || layout->ndim > PyBUF_MAX_NDIM) {
    return false;
  }
  if (layout->ndim > 0) {
    memcpy(layout->shape, buffer->shape, (size_t)layout->ndim * sizeof layout->shape[0]);
  }
  return set_strides(layout) && layout->length == buffer->len && is_within(layout, memory);
}

/* -- crossing ---------------------------------------------------------------------------------- */

int clutch_layout_encode(clutch_writer *writer, const clutch_layout *layout) {
  if (clutch_write_count(writer, '(', 4) != 0 || clutch_write_long(writer, layout->offset) != 0 ||
      clutch_write_long(writer, layout->length) != 0 ||
      clutch_write_text(writer, layout->format) != 0 ||
      clutch_write_count(writer, '(', (size_t)layout->ndim) != 0) {
    return -1;
  }
  for (int i = 0; i < layout->ndim; i++) {
    if (clutch_write_long(writer, layout->shape[i]) != 0) {
      return -1;
    }
  }
  return 0;
}

static bool are_types_right(PyObject *details) {
  return PyTuple_Check(details) && PyTuple_GET_SIZE(details) == 4 &&
         PyLong_Check(PyTuple_GET_ITEM(details, 0)) && PyLong_Check(PyTuple_GET_ITEM(details, 1)) &&
         PyUnicode_Check(PyTuple_GET_ITEM(details, 2)) &&
         PyTuple_Check(PyTuple_GET_ITEM(details, 3));
}

static bool are_all_int(PyObject *tuple) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
    if (!PyLong_Check(PyTuple_GET_ITEM(tuple, i))) {
      return false;
    }
  }
  return true;
}

static bool decode_parts(clutch_layout *layout, PyObject *details, Py_ssize_t *length) {
  return are_types_right(details) && are_all_int(PyTuple_GET_ITEM(details, 3)) &&
         read_size(PyTuple_GET_ITEM(details, 0), &layout->offset) == 0 &&
         read_size(PyTuple_GET_ITEM(details, 1), length) == 0 &&
         read_format(layout, PyTuple_GET_ITEM(details, 2)) == 0 &&
         read_dimensions(layout, PyTuple_GET_ITEM(details, 3)) == 0;
}

bool clutch_layout_decode(clutch_layout *layout, PyObject *details, const clutch_memory *memory) {
  Py_ssize_t length;
  bool whole = decode_parts(layout, details, &length) && set_strides(layout) &&
               layout->length == length && is_within(layout, memory);
  if (!whole) {
    PyErr_Clear();
  }
  return whole;
}
