/* clutch.SharedBuffer: the Python type of memory that Java and all interpreters share. */
#ifndef CLUTCH_SHARED_BUFFER_H
#define CLUTCH_SHARED_BUFFER_H

#include "shared.h"

int clutch_shared_buffer_add_type(PyObject *module);

/* -- crossing ---------------------------------------------------------------------------------- */

/* Writes the details of what is shared: after the tag q. */
int clutch_shared_buffer_encode(clutch_writer *writer, PyObject *object);

/* A memoryview of a block; ValueError if the details do not fit it. */
PyObject *clutch_shared_buffer_decode(clutch_reader *reader, clutch_shared *memory,
                                      PyObject *details);

/* Writes a memoryview of a SharedBuffer, whose memory Java then keeps without an interpreter: in a
   message, to become a view there; else to become a ByteBuffer. Answers 1 if it is no such
   memoryview, or one that the message must copy, as it is read-only or has gaps. */
int clutch_shared_buffer_encode_view(clutch_writer *writer, PyObject *view);

#endif
