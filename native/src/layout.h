/* What a view of a block of memory shows: which bytes, and as items of which format in which shape
   (PEP 3118), in C order. BufferLayout.java is the other side. */
#ifndef CLUTCH_LAYOUT_H
#define CLUTCH_LAYOUT_H

#include "shared_memory.h"

typedef struct clutch_layout {
  int64_t offset;    /* in the block, in bytes */
  Py_ssize_t length; /* in bytes: of all items */
  char format[2];    /* a native format of one character, as memoryview.cast() takes */
  Py_ssize_t itemsize;
  int ndim;
  Py_ssize_t shape[PyBUF_MAX_NDIM];
  Py_ssize_t strides[PyBUF_MAX_NDIM];
} clutch_layout;

/* All of a block, as bytes. */
void clutch_layout_of_bytes(clutch_layout *layout, int64_t length);

/* The bytes of `of`, or of their beginning, as items: 0, or -1 with a Python exception set. The
   shape is that of clutch.SharedBuffer.view(): NULL or None, an int, or ints. */
int clutch_layout_of_view(clutch_layout *layout, const clutch_layout *of, PyObject *format,
                          PyObject *shape);

/* What a C-contiguous buffer shows of the block; false if that is not within it, or of a format
   that is not known here. */
bool clutch_layout_of_buffer(clutch_layout *layout, const Py_buffer *buffer,
                             const clutch_memory *memory);

bool clutch_layout_equals(const clutch_layout *one, const clutch_layout *other);

/* A tuple of the shape; or NULL with an exception set. */
PyObject *clutch_layout_shape(const clutch_layout *layout);

/* -- crossing: a tuple of offset, length, format and shape ------------------------------------- */

int clutch_layout_encode(clutch_writer *writer, const clutch_layout *layout);

/* False if it is no such tuple, or not within the block. */
bool clutch_layout_decode(clutch_layout *layout, PyObject *details, const clutch_memory *memory);

#endif
