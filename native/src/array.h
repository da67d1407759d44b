/* Arrays of numbers, and whatever is so large that it crosses beside the buffer. */
#ifndef CLUTCH_ARRAY_H
#define CLUTCH_ARRAY_H

#include "codec.h"

/* `code` is array's typecode, or '?' for clutch's arrays of booleans. */
int clutch_encode_array(clutch_writer *writer, PyObject *value, PyObject *code);

/* These begin after the tag. */
PyObject *clutch_decode_array(clutch_reader *reader);
PyObject *clutch_decode_large(clutch_reader *reader);

#endif
