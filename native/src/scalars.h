/* Ints, floats, strs and bytes, as codec.h has them. Writing returns 0, or -1 with a Python
   exception set; reading begins after the tag, and returns a new reference, or NULL with an
   exception set. */
#ifndef CLUTCH_SCALARS_H
#define CLUTCH_SCALARS_H

#include "codec.h"

/* An int is one of exactly that type, or of a subclass whose own methods do not count. */
int clutch_encode_int(clutch_writer *writer, PyObject *value);
int clutch_encode_float(clutch_writer *writer, PyObject *value);
int clutch_encode_str(clutch_writer *writer, PyObject *value);
int clutch_encode_bytes(clutch_writer *writer, PyObject *value);

/* From its tag on: that is part of the word. */
PyObject *clutch_decode_word(clutch_reader *reader);
PyObject *clutch_decode_int(clutch_reader *reader);
PyObject *clutch_decode_big_int(clutch_reader *reader);
PyObject *clutch_decode_float(clutch_reader *reader);
PyObject *clutch_decode_latin1(clutch_reader *reader);
PyObject *clutch_decode_utf16(clutch_reader *reader);
PyObject *clutch_decode_bytes(clutch_reader *reader);

#endif
