/* What Java and all interpreters have in common: queues, channels, memory. Such a thing belongs to
   no interpreter; those who know it count, and the last of them frees it. Natives of
   NativeShared.java. */
#ifndef CLUTCH_SHARED_H
#define CLUTCH_SHARED_H

#include "codec.h"

/* Also what follows the tag in codec.h; SharedHandle.java mirrors it. */
enum clutch_shared_kind {
  CLUTCH_QUEUE = 'q',
  CLUTCH_SEND_END = 's',
  CLUTCH_RECEIVE_END = 'r',
  CLUTCH_MEMORY = 'm',
};

/* The beginning of each of them. */
typedef struct clutch_shared {
  enum clutch_shared_kind kind;
  _Atomic int64_t references; /* 1 at first, its creator's */
  void (*destroy)(struct clutch_shared *shared);
  struct clutch_shared *next; /* of those that are being destroyed */
} clutch_shared;

clutch_shared *clutch_shared_retain(clutch_shared *shared);
void clutch_shared_release(clutch_shared *shared);

/* -- in Python --------------------------------------------------------------------------------- */

/* The beginning of the Python object for one: of a type that cannot be derived from, whose
   deallocator is clutch_shared_dealloc. */
typedef struct clutch_shared_object {
  PyObject_HEAD
  clutch_shared *shared;
  clutch_interpreter *interpreter;
} clutch_shared_object;

/* Takes over a reference to what is shared, also if there is no memory for the object (NULL). */
clutch_shared_object *clutch_shared_object_new(clutch_interpreter *interpreter, PyObject *type,
                                               clutch_shared *shared);
void clutch_shared_dealloc(PyObject *object);
bool clutch_is_shared_object(PyObject *object);
Py_hash_t clutch_shared_hash(PyObject *object);
PyObject *clutch_shared_compare(PyObject *object, PyObject *other, int operation);

/* The interpreter of a class method or constructor: NULL with an exception set if Clutch did not
   make it. */
clutch_interpreter *clutch_interpreter_of_type(PyTypeObject *type);

/* -- crossing ---------------------------------------------------------------------------------- */

int clutch_encode_shared(clutch_writer *writer, PyObject *object);

/* Writes all but the details. */
int clutch_write_shared(clutch_writer *writer, clutch_shared *shared);

/* Reads what follows the tag, at that depth. */
PyObject *clutch_decode_shared(clutch_reader *reader, int depth);

int clutch_shared_register(JNIEnv *env);

#endif
