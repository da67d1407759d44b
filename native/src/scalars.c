#include "scalars.h"

#include "large.h"

#include <string.h>

/* -- to Java ----------------------------------------------------------------------------------- */

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
  int done = bytes == NULL ? -1 : clutch_write_bytes(writer, 'I', PyBytes_AS_STRING(bytes), length);
  Py_XDECREF(bytes);
  Py_XDECREF(options);
  Py_XDECREF(args);
  Py_XDECREF(to_bytes);
  return done;
}

int clutch_encode_int(clutch_writer *writer, PyObject *value) {
  if (clutch_is_short_int(value)) {
    return clutch_write_long(writer, PyUnstable_Long_CompactValue((PyLongObject *)value));
  }
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

int clutch_encode_float(clutch_writer *writer, PyObject *value) {
  double number = PyFloat_AS_DOUBLE(value);
  return clutch_write_eight(writer, 'd', &number);
}

/* A UCS-2 string is UTF-16 already, unpaired surrogates included. */
static int encode_wide_str(clutch_writer *writer, PyObject *value) {
  Py_ssize_t length = PyUnicode_GET_LENGTH(value);
  const Py_UCS4 *characters = PyUnicode_4BYTE_DATA(value);
  size_t units = 0;
  for (Py_ssize_t i = 0; i < length; i++) {
    units += characters[i] > 0xFFFF ? 2 : 1;
  }
  unsigned char *to = clutch_write_header(writer, 'u', units, units * 2);
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

int clutch_encode_str(clutch_writer *writer, PyObject *value) {
  size_t length = (size_t)PyUnicode_GET_LENGTH(value);
  if (PyUnicode_KIND(value) == PyUnicode_1BYTE_KIND) {
    return clutch_write_bytes(writer, 's', PyUnicode_1BYTE_DATA(value), length);
  }
  if (PyUnicode_KIND(value) == PyUnicode_4BYTE_KIND) {
    return encode_wide_str(writer, value);
  }
  unsigned char *to = clutch_write_header(writer, 'u', length, length * 2);
  if (to == NULL) {
    return -1;
  }
  memcpy(to, PyUnicode_2BYTE_DATA(value), length * 2);
  return 0;
}

/* A large one goes straight into a Java array. */
int clutch_encode_bytes(clutch_writer *writer, PyObject *value) {
  size_t length = (size_t)PyBytes_GET_SIZE(value);
  if (length < CLUTCH_LARGE || (writer->message && length <= INT32_MAX)) {
    return clutch_write_bytes(writer, 'b', PyBytes_AS_STRING(value), length);
  }
  if (length > INT32_MAX) {
    return clutch_write_header(writer, 'b', 0, length) == NULL ? -1 : 0;
  }
  uint64_t handle = clutch_large_keep(writer->interpreter, PyBytes_AS_STRING(value), length);
  if (handle == 0) {
    PyErr_Format(PyExc_MemoryError, "the JVM has no memory for %zu bytes", length);
    return -1;
  }
  return clutch_writer_keep(writer, CLUTCH_KEPT_JAVA_OBJECT, handle) != 0
             ? -1
             : clutch_write_eight(writer, 'L', &handle);
}

/* -- to Python --------------------------------------------------------------------------------- */

PyObject *clutch_decode_word(clutch_reader *reader) {
  uint64_t word;
  return clutch_read_u64(reader, &word) != 0 ? NULL : PyLong_FromLongLong((int64_t)word >> 8);
}

PyObject *clutch_decode_int(clutch_reader *reader) {
  uint64_t value;
  return clutch_read_u64(reader, &value) != 0 ? NULL : PyLong_FromLongLong((int64_t)value);
}

PyObject *clutch_decode_big_int(clutch_reader *reader) {
  size_t length;
  if (clutch_take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  const unsigned char *from = clutch_take(reader, length);
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

PyObject *clutch_decode_float(clutch_reader *reader) {
  uint64_t bits;
  if (clutch_read_u64(reader, &bits) != 0) {
    return NULL;
  }
  double value;
  memcpy(&value, &bits, sizeof value);
  return PyFloat_FromDouble(value);
}

PyObject *clutch_decode_latin1(clutch_reader *reader) {
  size_t length;
  if (clutch_take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, clutch_take(reader, length),
                                   (Py_ssize_t)length);
}

/* "surrogatepass" joins pairs and keeps what has no partner. */
PyObject *clutch_decode_utf16(clutch_reader *reader) {
  size_t units;
  if (clutch_take_count(reader, 2, &units) != 0) {
    return NULL;
  }
  int little_endian = -1;
  return PyUnicode_DecodeUTF16((const char *)clutch_take(reader, units * 2), (Py_ssize_t)units * 2,
                               "surrogatepass", &little_endian);
}

PyObject *clutch_decode_bytes(clutch_reader *reader) {
  size_t length;
  if (clutch_take_count(reader, 1, &length) != 0) {
    return NULL;
  }
  return PyBytes_FromStringAndSize((const char *)clutch_take(reader, length), (Py_ssize_t)length);
}
