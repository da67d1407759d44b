/* Memory that both sides see. Two types of the module `clutch`:
     JavaBuffer  a direct ByteBuffer, in Python behind a memoryview
     Export      a Python object whose memory Java has a ByteBuffer of, held by a reference */
#ifndef CLUTCH_BUFFER_H
#define CLUTCH_BUFFER_H

#include "codec.h"

/* Adds the types to the module: 0, or -1 with an exception set. */
int clutch_buffer_add_types(PyObject *module);

/* Reads what follows the tag B: a memoryview. */
PyObject *clutch_decode_java_buffer(clutch_reader *reader);

/* Writes a memoryview: as memory if it is contiguous, else as a reference. */
int clutch_encode_memoryview(clutch_writer *writer, PyObject *view);

/* Whether the object keeps memory that Java may look at, at whatever time. */
bool clutch_is_export(clutch_interpreter *interpreter, PyObject *object);

#endif
