/* Where in a value its encoder is, and why it refuses what is there. */
#ifndef CLUTCH_PATH_H
#define CLUTCH_PATH_H

#include "codec.h"

/* Where in the value an encoder is: a chain of steps on the C stack, read when something fails. */
typedef struct clutch_path {
  const struct clutch_path *up;
  const char *name; /* of the root, else NULL */
  PyObject *key;    /* borrowed; NULL for a step by index */
  Py_ssize_t index;
  int depth;
} clutch_path;

/* These raise clutch.NotShareableError with the path, and return -1. */

/* The reason is a new reference, or NULL with an exception set. */
int clutch_refuse(clutch_writer *writer, const clutch_path *at, PyObject *reason);
int clutch_refuse_depth(clutch_writer *writer, const clutch_path *at);
/* After a writer said how large the value is; other exceptions stay. */
int clutch_refuse_size(clutch_writer *writer, const clutch_path *at);
/* After code of the value's raised; what is no Exception stays. */
int clutch_refuse_raised(clutch_writer *writer, const clutch_path *at, PyObject *value,
                         const char *why);

#endif
